import assert from 'node:assert/strict';
import type { FromGrid, GridWords, ReadRows, ToGrid } from '../../media/grid-protocol.ts';
import { useResultsPage } from '../helpers/page.ts';
import type { PageElement, PageGlobals } from '../helpers/vscode/dom.ts';

const ROWS = 1_000_000;
const WORDS: GridWords = {
  size: '{0} rows × {1} columns',
  filtered: '{0} of {1} rows × {2} columns',
  filter: 'Filter {0}',
  filterHint: 'hint',
  clearFilters: 'clear filters',
  exportCsv: 'export',
  refresh: 'refresh',
  loading: 'loading',
  index: 'index',
  previousColumns: 'previous',
  nextColumns: 'next',
  columnsShown: '{0} to {1}',
  resizeHint: 'resize',
};

/** A table of a million rows, as a session would page it: numbers and a text. */
function page({ request, start, count, sort, filters }: ReadRows): ToGrid {
  const matchingRows = filters.length > 0 ? 5 : ROWS;
  const rows = Array.from({ length: Math.min(count, Math.max(0, matchingRows - start)) }, (_, index) => {
    const row = sort?.descending ? ROWS - 1 - start - index : start + index;
    return [row, row * 2, row === 3 ? null : row === 5 ? '' : `text ${row}`];
  });
  const columns = [
    { name: 'number', kind: 'number', type: 'int64' },
    { name: '<b>text</b>', kind: 'text', type: 'object' },
  ] as const;
  return { type: 'rows', request, columns, totalColumns: 2, totalRows: ROWS, matchingRows, rows };
}

describe('the data grid', () => {
  const reads: ReadRows[] = [];
  let refuse: string | undefined;
  const open = useResultsPage({
    script: '/grid.js',
    element: 'holdfast-grid',
    async answer(message, send) {
      const asked = message as FromGrid;
      if (asked.type === 'ready') await send({ type: 'reset', words: WORDS, name: 'frame' });
      if (asked.type !== 'read') return;
      reads.push(asked);
      await send(refuse === undefined ? page(asked) : { type: 'refused', request: asked.request, message: refuse });
    },
  });
  const locator = (selector: string) => open.results.page.locator(selector);
  const cell = (row: number, column: number) => locator(`#cell-${row}-${column}`);
  afterEach(() => {
    refuse = undefined;
    reads.length = 0;
  });

  it('asks for the rows in view only, and draws them', async () => {
    await cell(3, 0).getByText('6').waitFor();
    assert.equal(await cell(3, 1).innerText(), '');
    assert.equal(await cell(4, 1).innerText(), 'text 4');
    assert.deepEqual(
      reads.map(({ start, count }) => [start, count]),
      [[0, 100]],
    );
    assert.ok((await locator('[role="row"]').count()) < 60);
    assert.equal(await locator('[role="grid"]').getAttribute('aria-rowcount'), String(ROWS + 1));
    assert.equal(await locator('.size').innerText(), '1,000,000 rows × 2 columns');
    assert.equal(await locator('[role="columnheader"] b').count(), 0, 'a name is text');
  });

  it('tells a value that is missing from a text without characters', async () => {
    await cell(5, 0).getByText('10').waitFor();
    const drawn = (row: number) =>
      cell(row, 1).evaluate((it) => {
        const { getComputedStyle } = globalThis as unknown as PageGlobals;
        return getComputedStyle(it as unknown as PageElement, '::after').content;
      });
    assert.deepEqual([await drawn(3), await drawn(4), await drawn(5)], ['"∅"', 'none', 'none']);
  });

  it('goes to the last row, and back', async () => {
    await cell(0, 0).click();
    await open.results.page.keyboard.press('Control+End');
    await cell(ROWS - 1, 1)
      .getByText(`text ${ROWS - 1}`)
      .waitFor();
    assert.equal(await locator('[role="grid"]').getAttribute('aria-activedescendant'), `cell-${ROWS - 1}-1`);
    await open.results.page.keyboard.press('Control+Home');
    await cell(0, 1).getByText('text 0').waitFor();
    assert.ok(reads.length < 8, `${reads.length} requests`);
  });

  it('sorts by a column, the other way round, and not', async () => {
    await cell(0, 1).waitFor();
    const header = locator('[role="columnheader"]').filter({ hasText: 'number' });
    await header.locator('button').click();
    await header.and(locator('[aria-sort="ascending"]')).waitFor();
    await header.locator('button').click();
    await cell(0, 0)
      .getByText(String(2 * (ROWS - 1)))
      .waitFor();
    assert.deepEqual(reads.at(-1)?.sort, { column: 0, descending: true });
    await header.locator('button').click();
    await header.and(locator('[aria-sort="none"]')).waitFor();
  });

  it('filters by what is written above a column', async () => {
    await cell(0, 1).waitFor();
    await locator('input').first().fill('>7');
    await locator('input').first().press('Enter');
    await locator('.size').getByText('5 of 1,000,000 rows × 2 columns').waitFor();
    await open.results.page.evaluate(() =>
      (
        globalThis as unknown as { addEventListener(type: string, seen: (event: { key: string }) => void): void }
      ).addEventListener('keydown', ({ key }) => {
        (globalThis as unknown as { document: { body: { dataset: Record<string, string> } } }).document.body.dataset[
          'key'
        ] = key;
      }),
    );
    await locator('input').first().press('F1');
    assert.equal(await locator('body').getAttribute('data-key'), 'F1', 'VS Code gets the keys of its shortcuts');
    await locator('input').first().press('ArrowDown');
    assert.equal(await locator('[role="grid"]').getAttribute('aria-activedescendant'), 'cell-0-0');
    assert.deepEqual(reads.at(-1)?.filters, [{ column: 0, operator: 'greater', text: '7' }]);
    await open.results.page.getByRole('button', { name: 'clear filters' }).click();
    await locator('.size').getByText('1,000,000 rows × 2 columns', { exact: true }).waitFor();
    assert.equal(await locator('input').first().inputValue(), '');
  });

  it('has columns that are dragged to another width, by the keys too, and fitted again', async () => {
    await cell(0, 1).waitFor();
    const header = locator('[role="columnheader"]').nth(1);
    const edge = header.locator('.edge');
    const width = async () => Math.round((await cell(0, 0).boundingBox())?.width ?? 0);
    const fitting = await width();
    const box = await edge.boundingBox();
    assert.ok(box);
    const { mouse, keyboard } = open.results.page;
    await mouse.move(box.x + box.width / 2, box.y + 10);
    await mouse.down();
    await mouse.move(box.x + box.width / 2 + 150, box.y + 10, { steps: 3 });
    await mouse.up();
    assert.equal(await width(), fitting + 150);
    assert.equal(Math.round((await header.boundingBox())?.width ?? 0), fitting + 150);
    await mouse.move(box.x + 300, box.y + 10);
    assert.equal(await width(), fitting + 150, 'it has been let go');
    assert.deepEqual(reads.length, 1, 'nothing is sorted, and nothing asked again');
    await cell(0, 0).click();
    await keyboard.press('Alt+Shift+ArrowLeft');
    assert.equal(await width(), fitting + 126);
    await edge.dblclick();
    assert.equal(await width(), fitting);
  });

  it('saves what its filters let through, in its order', async () => {
    await cell(0, 1).waitFor();
    await locator('[role="columnheader"]').filter({ hasText: 'number' }).locator('button').click();
    await locator('input').first().fill('>7');
    await locator('input').first().press('Enter');
    await locator('.size').getByText('5 of 1,000,000').waitFor();
    await open.results.page.getByRole('button', { name: 'export' }).click();
    assert.deepEqual((await open.results.posted()).at(-1), {
      type: 'export',
      sort: { column: 0, descending: false },
      filters: [{ column: 0, operator: 'greater', text: '7' }],
    } as never);
  });

  it('copies what is selected', async () => {
    await cell(2, 0).click();
    await cell(4, 1).click({ modifiers: ['Shift'] });
    assert.equal(await locator('[aria-selected="true"]').count(), 6);
    await open.results.page.keyboard.press('Control+c');
    assert.deepEqual((await open.results.posted()).at(-1), {
      type: 'copy',
      text: '4\ttext 2\n6\t\n8\ttext 4',
    } as never);
  });

  it('shows why there are no rows, keeps those it has, and asks again when something changed', async () => {
    await cell(0, 1).getByText('text 0').waitFor();
    refuse = 'The session is busy.';
    await open.results.send({ type: 'changed' } as never);
    await locator('[role="alert"]').getByText('The session is busy.').waitFor();
    refuse = undefined;
    await open.results.send({ type: 'changed' } as never);
    await locator('[role="alert"]').waitFor({ state: 'detached' });
    await cell(0, 1).getByText('text 0').waitFor();
  });
});
