import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseFilter } from '../../../../media/grid/filter-text.ts';
import { PAGE_ROWS, type Row, RowPages } from '../../../../media/grid/row-pages.ts';
import { ROW_HEIGHT, rowWindow, scrollHeight, scrollTopOf } from '../../../../media/grid/row-window.ts';
import { contains, selectedText } from '../../../../media/grid/selection.ts';
import type { ReadRows } from '../../../../media/grid-protocol.ts';

const view = { firstColumn: 0, columns: 10, sort: null, filters: [] };
const answer = (request: number, rows: Row[]) =>
  ({ type: 'rows', request, columns: [], totalColumns: 1, totalRows: 1000, matchingRows: 1000, rows }) as const;

describe('a filter of a data grid', () => {
  for (const [written, expected] of [
    ['', null],
    [' abc ', { column: 2, operator: 'contains', text: 'abc' }],
    ['> 5', { column: 2, operator: 'greater', text: '5' }],
    ['<1', { column: 2, operator: 'less', text: '1' }],
    ['=x', { column: 2, operator: 'equals', text: 'x' }],
    ['=', null],
    ['empty:', { column: 2, operator: 'empty', text: '' }],
    ['!empty:', { column: 2, operator: 'not_empty', text: '' }],
  ] as const) {
    it(`reads “${written}”`, () => assert.deepEqual(parseFilter(2, written), expected));
  }
});

describe('the rows of a data grid that are in view', () => {
  it('reach from the first to the last row, however many there are', () => {
    for (const rows of [1, 3, 1000, 1_000_000, 10_000_000]) {
      const height = 500;
      const first = rowWindow(rows, 0, height);
      assert.equal(first.first, 0);
      const end = rowWindow(rows, Math.max(0, scrollHeight(rows) - height), height);
      assert.equal(end.first + end.count, rows, `${rows} rows`);
    }
  });

  it('hold the row that was scrolled to', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (rows, part) => {
        const height = 20 * ROW_HEIGHT;
        const row = Math.min(rows - 1, Math.floor(part * rows));
        const { first, count } = rowWindow(rows, scrollTopOf(row, rows, 0, height), height);
        assert.ok(row >= first && row < first + count, `${row} in ${first} + ${count} of ${rows}`);
      }),
    );
  });
});

describe('the pages of a data grid', () => {
  function open() {
    const asked: ReadRows[] = [];
    return { asked, pages: new RowPages(view, (message) => asked.push(message)) };
  }

  it('are asked for one at a time, and only the newest wish waits', () => {
    const { asked, pages } = open();
    pages.want(0, 30);
    pages.want(500, 30);
    pages.want(90_050, 30);
    assert.deepEqual(
      asked.map(({ start }) => start),
      [0],
    );
    pages.receive(answer(asked[0]?.request ?? 0, [[0, 'a']]));
    assert.deepEqual(
      asked.map(({ start }) => start),
      [0, 90_000],
    );
    assert.deepEqual(pages.get(0), [0, 'a']);
    assert.equal(pages.get(PAGE_ROWS), undefined);
  });

  it('take no answer to a question of before', () => {
    const { asked, pages } = open();
    pages.want(0, 30);
    pages.reset({ ...view, sort: { column: 0, descending: true } });
    pages.want(0, 30);
    assert.equal(pages.receive(answer(asked[0]?.request ?? 0, [[0, 'old']])), false);
    assert.equal(pages.receive(answer(asked[1]?.request ?? 0, [[0, 'new']])), true);
    assert.deepEqual(pages.get(0), [0, 'new']);
  });

  it('are bounded', () => {
    const { asked, pages } = open();
    for (let page = 0; page < 200; page++) {
      pages.want(page * PAGE_ROWS, 1);
      pages.receive(answer(asked.at(-1)?.request ?? 0, [[page]]));
    }
    assert.equal(pages.get(0), undefined);
    assert.deepEqual(pages.get(199 * PAGE_ROWS), [199]);
  });
});

describe('the selection of a data grid', () => {
  const selection = { anchor: { row: 2, column: 1 }, focus: { row: 1, column: 0 } };

  it('is what lies between its corners', () => {
    assert.equal(contains(selection, { row: 1, column: 1 }), true);
    assert.equal(contains(selection, { row: 3, column: 1 }), false);
  });

  it('is copied as a spreadsheet takes it', () => {
    const rows: Row[] = [[], ['a\tb', null], [1.5, true]];
    assert.equal(
      selectedText(selection, (row) => rows[row]),
      'a b\t\n1.5\ttrue',
    );
  });
});
