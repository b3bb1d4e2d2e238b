import assert from 'node:assert/strict';
import { type Reading, TableRows } from '../../../backend/protocol/inspection.ts';
import { withLibraries } from '../../helpers/python-libraries.ts';
import { read } from './inspecting.ts';
import { interpreters, Session } from './session.ts';

interface Page {
  start?: number;
  count?: number;
  firstColumn?: number;
  columns?: number;
  sort?: { column: number; descending: boolean };
  filters?: {
    column: number;
    operator: 'contains' | 'equals' | 'less' | 'greater' | 'empty' | 'not_empty';
    text: string;
  }[];
}

function reading({ sort, ...page }: Page): Reading {
  return { kind: 'table', start: 0, count: 100, firstColumn: 0, columns: 50, filters: [], ...page, sort: sort ?? null };
}

async function table(session: Session, expression: string, page: Page = {}) {
  const { outcome, payload } = await read(session, expression, reading(page));
  assert(outcome.status === 'table', JSON.stringify(outcome));
  return { ...outcome, rows: TableRows.parse(JSON.parse(payload.toString('utf8'))) };
}

/** Name, kind and type of the columns, a line each, and the rows. */
async function shown(session: Session, expression: string, page?: Page) {
  const { columns, rows } = await table(session, expression, page);
  return { columns: columns.map(({ name, kind, type }) => `${name} ${kind} ${type}`), rows };
}

async function exported(session: Session, expression: string, format: 'text' | 'json' | 'csv'): Promise<string> {
  const { outcome, payload } = await read(session, expression, { kind: 'export', format });
  assert.deepEqual(outcome, { status: 'exported', truncated: false });
  return payload.toString('utf8');
}

/** What the grid saves: the rows that it shows. */
async function saved(session: Session, expression: string, page: Pick<Page, 'sort' | 'filters'>): Promise<string> {
  const { sort = null, filters = [] } = page;
  const { outcome, payload } = await read(session, expression, { kind: 'csv', sort, filters });
  assert.deepEqual(outcome, { status: 'exported', truncated: false });
  return payload.toString('utf8');
}

async function failure(session: Session, expression: string, page: Page = {}): Promise<string> {
  const { outcome } = await read(session, expression, reading(page));
  assert(outcome.status === 'failed', JSON.stringify(outcome));
  return outcome.message;
}

for (const interpreter of await interpreters()) {
  describe(`tables of builtin values on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
      await session.text(`
import collections, datetime, decimal
numbers = [3, 1.5, None, float("nan"), float("inf"), 10**20, True]
records = [{"a": 1, "b": "x"}, {"b": "Y", "c": [1, 2]}, {"a": 3}]
pairs = [(1, "x"), (2,)]
points = [collections.namedtuple("P", "x y")(1, 2)]
columns = {"a": [1, 2, 3], "b": ("x", "y")}
entries = {"k": 1, 5: "v"}
dates = [datetime.date(2026, 1, 2), None, datetime.date(2026, 1, 1)]
big = list(range(10**6))
class Slow:
  def __repr__(self):
    while True: pass
`);
    });
    after(() => session.stop());

    it('shows lists of scalars, of dicts and of sequences, dicts of columns and of entries', async () => {
      assert.deepEqual(await shown(session, 'numbers'), {
        columns: ['value other '],
        rows: [
          [0, 3],
          [1, 1.5],
          [2, null],
          [3, null],
          [4, 'inf'],
          [5, '100000000000000000000'],
          [6, true],
        ],
      });
      assert.deepEqual(await shown(session, 'records'), {
        columns: ['a number int', 'b text str', 'c other list'],
        rows: [
          [0, 1, 'x', null],
          [1, null, 'Y', '[1, 2]'],
          [2, 3, null, null],
        ],
      });
      assert.deepEqual((await shown(session, 'pairs')).rows, [
        [0, 1, 'x'],
        [1, 2, null],
      ]);
      assert.deepEqual((await shown(session, 'points')).columns, ['x number int', 'y number int']);
      assert.deepEqual((await shown(session, 'columns')).rows, [
        [0, 1, 'x'],
        [1, 2, 'y'],
        [2, 3, null],
      ]);
      assert.deepEqual((await shown(session, 'entries')).rows, [
        ['k', 1],
        [5, 'v'],
      ]);
      assert.deepEqual(await shown(session, 'dates'), {
        columns: ['value date date'],
        rows: [
          [0, '2026-01-02'],
          [1, null],
          [2, '2026-01-01'],
        ],
      });
    });

    it('pages rows and columns', async () => {
      const { rows, totalRows, matchingRows } = await table(session, 'big', { start: 999_998, count: 10 });
      assert.deepEqual(
        [rows, totalRows, matchingRows],
        [
          [
            [999_998, 999_998],
            [999_999, 999_999],
          ],
          1_000_000,
          1_000_000,
        ],
      );
      const { columns, totalColumns } = await table(session, 'records', { firstColumn: 1, columns: 1 });
      assert.deepEqual([columns.map(({ name }) => name), totalColumns], [['b'], 3]);
    });

    it('sorts the first rows of a long list as it sorts the whole', async () => {
      await session.run('many = [None if i % 50 == 3 else i * 7919 % 5000 for i in range(30_000)]');
      for (const descending of [false, true]) {
        const sign = descending ? '-' : '';
        const order = `sorted(range(30_000), key=lambda i: (many[i] is None, ${sign}(many[i] or 0)))`;
        for (const start of [0, 9990, 29_990]) {
          const { rows } = await shown(session, 'many', { sort: { column: 0, descending }, start, count: 20 });
          const expected = await session.text(`${order}[${start}:${start + 20}]`);
          assert.equal(JSON.stringify(rows.map(([label]) => label)), expected?.replaceAll(' ', ''), `${start}`);
        }
      }
    });

    it('sorts with nulls last, equal ones in their order, and filters', async () => {
      const sorted = async (expression: string, column: number, descending: boolean) =>
        (await shown(session, expression, { sort: { column, descending } })).rows.map(([label]) => label);
      assert.deepEqual(await sorted('dates', 0, false), [2, 0, 1]);
      assert.deepEqual(await sorted('dates', 0, true), [0, 2, 1]);
      assert.deepEqual(await sorted('records', 0, true), [2, 0, 1]);
      await session.text('mixed = ["b", 2, "a", [1], 1, None] ; long = [i % 7 for i in range(100_000)]');
      assert.deepEqual(await sorted('mixed', 0, false), [4, 1, 2, 0, 3, 5]);
      assert.deepEqual((await sorted('long', 0, true)).slice(0, 3), [6, 13, 20]);
      const kept = async (expression: string, ...filters: NonNullable<Page['filters']>) =>
        (await shown(session, expression, { filters })).rows.map(([label]) => label);
      assert.deepEqual(await kept('records', { column: 1, operator: 'contains', text: 'y' }), [1]);
      assert.deepEqual(await kept('records', { column: 0, operator: 'greater', text: '1' }), [2]);
      assert.deepEqual(await kept('records', { column: 0, operator: 'empty', text: '' }), [1]);
      assert.deepEqual(await kept('dates', { column: 0, operator: 'less', text: '2026-01-02' }), [2]);
      assert.deepEqual(
        await kept(
          'records',
          { column: 1, operator: 'not_empty', text: '' },
          { column: 0, operator: 'equals', text: '1' },
        ),
        [0],
      );
      const filters = [{ column: 0, operator: 'equals', text: '3' } as const];
      const some = await table(session, 'long', { filters, sort: { column: 0, descending: true }, count: 2 });
      assert.deepEqual(
        [some.rows, some.matchingRows, some.totalRows],
        [
          [
            [3, 3],
            [10, 3],
          ],
          14_286,
          100_000,
        ],
      );
    });

    it('sees what a cell or an edit has changed since', async () => {
      await session.text('live = [1, 2]');
      assert.equal((await table(session, 'live')).totalRows, 2);
      await session.text('live += [0]');
      assert.deepEqual((await shown(session, 'live', { sort: { column: 0, descending: false } })).rows[0], [2, 0]);
      session.worker.send({ type: 'edit_namespace', edit: { kind: 'set', name: 'live', text: '[9]' } });
      assert.deepEqual((await shown(session, 'live')).rows, [[0, 9]]);
    });

    it('refuses what is no table, saying what to do', async () => {
      assert.match(await failure(session, 'nope'), /There is no value “nope”/);
      assert.match(await failure(session, 'Slow'), /has no rows and columns/);
      assert.match(await failure(session, 'big', { sort: { column: 3, descending: true } }), /There is no column 3/);
      assert.match(
        await failure(session, 'big', { filters: [{ column: 0, operator: 'less', text: 'abc' }] }),
        /holds numbers, and “abc” is none\. Enter a number/,
      );
      await session.text('plenty = [dict.fromkeys("abcdefghijk", 1)] * 10_000');
      assert.match(
        await failure(session, 'plenty', { count: 10_000, columns: 11 }),
        /at most 100000 cells: ask for fewer/,
      );
    });

    it('says how a table of another library is shown', async () => {
      await session.text('frame = type("DataFrame", (), {"__module__": "polars.dataframe.frame"})()');
      assert.equal(
        await failure(session, 'frame'),
        'A DataFrame of polars is not shown as a table. Make one of pandas of it: .to_pandas().',
      );
    });

    it('shortens texts and tells a repr that raises', async () => {
      await session.text(
        'class Bad:\n  def __repr__(self): raise ValueError("no")\ntexts = ["x" * 5000, Bad(), "\\ud800", b"b"]',
      );
      const { rows } = await shown(session, 'texts');
      assert.equal(String(rows[0]?.[1]).length, 1000);
      assert.deepEqual(rows.slice(1), [
        [1, '<Bad object, whose repr raised ValueError: no>'],
        [2, '?'],
        [3, "b'b'"],
      ]);
    });

    it('exports text, JSON and CSV', async () => {
      await session.text('export = {"a": (1, None, float("nan")), 2: {"d": datetime.date(2026, 1, 1)}, "s": {1}}');
      assert.equal(
        await exported(session, 'export', 'json'),
        '{"a": [1, null, null], "2": {"d": "2026-01-01"}, "s": [1]}\n',
      );
      assert.equal(await exported(session, 'records', 'csv'), 'a,b,c\n1,x,\n,Y,"[1, 2]"\n3,,\n');
      assert.deepEqual(JSON.parse(await exported(session, 'records', 'json')), [
        { a: 1, b: 'x' },
        { b: 'Y', c: [1, 2] },
        { a: 3 },
      ]);
      await session.text('many = list(range(2500)); word = "wörd\\n"');
      assert.equal(
        await exported(session, 'many', 'text'),
        `[${Array.from({ length: 2500 }, (_, i) => i).join(', ')}]`,
      );
      assert.equal(await exported(session, 'word', 'text'), 'wörd\n');
      assert.equal(await exported(session, 'word', 'json'), '"wörd\\n"\n');
    });

    it('saves the rows that filters let through, in their order', async () => {
      const filters = [{ column: 1, operator: 'not_empty', text: '' } as const];
      const sort = { column: 1, descending: false };
      assert.equal(await saved(session, 'records', { filters, sort }), 'a,b,c\n,Y,"[1, 2]"\n1,x,\n');
      assert.equal(await saved(session, 'entries', { sort: { column: 0, descending: true } }), ',value\n5,v\nk,1\n');
      const seven = [{ column: 0, operator: 'equals', text: '7' } as const];
      await session.text('many = [n % 10 for n in range(25_000)]');
      assert.equal(await saved(session, 'many', { filters: seven }), `value\n${'7\n'.repeat(2500)}`);
    });

    it('cuts an export off at 32 MiB, not within a character', async () => {
      await session.text('huge = "ü" * 20_000_000');
      const { outcome, payload } = await read(session, 'huge', { kind: 'export', format: 'text' });
      assert.deepEqual(outcome, { status: 'exported', truncated: true });
      assert.equal(payload.length, 32 * 1024 ** 2);
      assert.ok(payload.toString('utf8').endsWith('ü'));
      await session.text('del huge');
    });

    it('is busy while a cell runs, and gives way to one that comes meanwhile', async () => {
      const own = await Session.start(interpreter);
      try {
        await own.text('class Slow:\n  def __repr__(self):\n    while True: pass\nslow = [Slow()]');
        const busy = own.execute('import time\ntime.sleep(60)');
        await busy.started;
        const page = reading({});
        assert.equal((await read(own, 'slow', page)).outcome.status, 'busy');
        own.cancel(busy.id);
        await busy.finished;
        const readings = [read(own, 'slow', page), read(own, 'slow', page)];
        assert.equal(await own.text('6 * 7'), '42');
        assert.deepEqual(
          (await Promise.all(readings)).map(({ outcome }) => outcome.status),
          ['busy', 'busy'],
        );
        const { outcome } = await read(own, 'slow', page);
        assert(outcome.status === 'failed');
        assert.match(outcome.message, /longer than 3 s and was interrupted/);
        assert.equal(await own.text('1 + 1'), '2');
      } finally {
        await own.stop();
      }
    });
  });
}

const libraries = await withLibraries();
const missing = typeof libraries === 'string' ? ` (skipped: no numpy, pandas and matplotlib: ${libraries})` : '';
(missing ? describe.skip : describe)(`tables of numpy and pandas${missing}`, () => {
  let session: Session;
  before(async function () {
    this.timeout(60_000);
    assert(typeof libraries !== 'string');
    session = await Session.start(libraries);
    await session.text(`
import numpy as np, pandas as pd
df = pd.DataFrame({
  "num": [3, 1, None], "txt": ["b", None, "A"], "day": pd.to_datetime(["2026-01-02 00:00", None, "2026-01-01 12:30"]),
  "zone": pd.to_datetime(["2026-01-02", None, "2026-01-01"], utc=True), "cat": pd.Categorical(["x", "y", None]),
  "int": pd.array([1, None, 3], dtype="Int64"), "flag": [True, False, True], "any": [[1], float("inf"), {}]},
  index=["r1", "r2", "r3"])
wide = pd.DataFrame(np.arange(20_000.0).reshape(1000, 20)[::-1], columns=[f"c{i}" for i in range(20)])
wide["word"] = [f"w{i % 10}" for i in range(1000)]
grid = np.arange(6).reshape(2, 3)
cube = np.zeros((2, 2, 2))
stamps = np.array(["2026-01-02", "NaT"], dtype="M8[D]")
fields = np.array([(1, 2.5, "x")], dtype=[("a", "i4"), ("b", "f8"), ("c", "U3")])
objects = np.array([{}, 1, None], dtype=object)
`);
  });
  after(() => session?.stop());

  it('shows a DataFrame with its kinds of columns and its index', async () => {
    const { columns, rows } = await shown(session, 'df');
    assert.deepEqual(
      columns.map((column) => column.replace(/\[(us|ns|s)/, '[')),
      [
        'num number float64',
        `txt text ${columns[1]?.split(' ')[2]}`,
        'day date datetime64[]',
        'zone date datetime64[, UTC]',
        'cat text category',
        'int number Int64',
        'flag boolean bool',
        'any other object',
      ],
    );
    assert.deepEqual(rows, [
      ['r1', 3, 'b', '2026-01-02T00:00:00', '2026-01-02T00:00:00+00:00', 'x', 1, true, '[1]'],
      ['r2', 1, null, null, null, 'y', null, false, 'inf'],
      ['r3', null, 'A', '2026-01-01T12:30:00', '2026-01-01T00:00:00+00:00', null, 3, true, '{}'],
    ]);
  });

  it('sorts and filters each kind of column', async () => {
    const order = async (column: number, descending: boolean) =>
      (await shown(session, 'df', { sort: { column, descending } })).rows.map(([label]) => String(label)[1]).join('');
    const orders = ['213', '312', '312', '312', '123', '132', '213'];
    for (const [column, expected] of orders.entries()) assert.equal(await order(column, false), expected, `${column}`);
    const down = ['123', '132', '132', '132', '213', '312', '132'];
    for (const [column, expected] of down.entries()) assert.equal(await order(column, true), expected, `${column}`);
    const kept = async (column: number, operator: 'contains' | 'equals' | 'less' | 'greater' | 'empty', text = '') =>
      (await shown(session, 'df', { filters: [{ column, operator, text }] })).rows.map(([label]) => label);
    assert.deepEqual(await kept(0, 'greater', '1'), ['r1']);
    assert.deepEqual(await kept(0, 'empty'), ['r3']);
    assert.deepEqual(await kept(1, 'contains', 'a'), ['r3']);
    assert.deepEqual(await kept(1, 'empty'), ['r2']);
    assert.deepEqual(await kept(2, 'equals', '2026-01-01'), ['r3']);
    assert.deepEqual(await kept(2, 'less', '2026-01-02'), ['r3']);
    assert.deepEqual(await kept(2, 'contains', '12:30'), ['r3']);
    assert.deepEqual(await kept(3, 'greater', '2026-01-01T10'), ['r1']);
    assert.deepEqual(await kept(4, 'equals', 'y'), ['r2']);
    assert.deepEqual(await kept(5, 'equals', '3.0'), ['r3']);
    assert.deepEqual(await kept(6, 'equals', 'true'), ['r1', 'r3']);
    const message = await failure(session, 'df', { filters: [{ column: 2, operator: 'less', text: 'soon' }] });
    assert.match(message, /holds dates, and “soon” is none\. Enter one as 2026-01-31/);
  });

  it('puts any page of a sorted table together as a whole sort would', async () => {
    for (const [column, descending] of [
      [0, false],
      [0, true],
      [20, false],
      [20, true],
    ] as const) {
      const sort = { column, descending };
      const whole = (await shown(session, 'wide', { sort, count: 1000 })).rows;
      const expected = await session.text(
        `list(wide.iloc[:, ${column}].sort_values(ascending=${descending ? 'False' : 'True'}, kind="stable").index[:1000]) == ${JSON.stringify(whole.map(([label]) => label))}`,
      );
      assert.equal(expected, 'True', `${column} ${descending}`);
      for (const start of [0, 95, 990]) {
        const { rows } = await shown(session, 'wide', { sort, start, count: 20 });
        assert.deepEqual(rows, whole.slice(start, start + 20));
      }
    }
    const filters = [{ column: 20, operator: 'equals', text: 'w3' } as const];
    const { rows, matchingRows } = await table(session, 'wide', {
      filters,
      sort: { column: 1, descending: false },
      count: 2,
    });
    assert.deepEqual([rows.map(([label]) => label), matchingRows], [[993, 983], 100]);
  });

  it('sorts and filters more texts than it reads at a time', async () => {
    await session.run(
      'long = pd.DataFrame({"text": [None if n % 1000 == 7 else f"t{n * 7919 % 120_000:06}" for n in range(120_000)]})',
    );
    const sort = { column: 0, descending: false };
    const first = (await shown(session, 'long', { sort, count: 3 })).rows;
    assert.deepEqual(
      first.map(([, text]) => text),
      ['t000000', 't000001', 't000002'],
    );
    const last = (await shown(session, 'long', { sort, start: 119_879, count: 2 })).rows;
    assert.deepEqual(last, [
      [await session.text('long.text.idxmax()').then(Number), 't119999'],
      [7, null],
    ]);
    const filters = [{ column: 0, operator: 'empty', text: '' } as const];
    assert.equal((await table(session, 'long', { filters, count: 1 })).matchingRows, 120);
  });

  it('shows a Series, arrays of one and two dimensions and records', async () => {
    assert.deepEqual((await shown(session, 'df["num"]')).rows, [
      ['r1', 3],
      ['r2', 1],
      ['r3', null],
    ]);
    assert.deepEqual((await shown(session, 'grid')).rows, [
      [0, 0, 1, 2],
      [1, 3, 4, 5],
    ]);
    assert.deepEqual((await shown(session, 'stamps')).rows, [
      [0, '2026-01-02'],
      [1, null],
    ]);
    assert.deepEqual((await shown(session, 'fields')).columns, ['a number int32', 'b number float64', 'c text <U3']);
    assert.deepEqual((await shown(session, 'objects')).rows, [
      [0, '{}'],
      [1, 1],
      [2, null],
    ]);
    assert.match(await failure(session, 'cube'), /3 dimensions is no table/);
    await session.text('both = {"a": [1, 2, 3], "b": np.array([1.5, 2.5])}');
    assert.deepEqual((await shown(session, 'both', { sort: { column: 1, descending: true } })).rows, [
      [1, 2, 2.5],
      [0, 1, 1.5],
      [2, 3, null],
    ]);
    assert.deepEqual((await shown(session, 'both', { sort: { column: 0, descending: true } })).rows[0], [2, 3, null]);
  });

  it('exports a DataFrame', async () => {
    assert.match(await exported(session, 'df', 'text'), /^ +num +txt .*\nr1 +3\.0 +b /);
    assert.match(await exported(session, 'df', 'csv'), /^,num,txt,.*\nr1,3\.0,b,2026-01-02/);
    const [first] = JSON.parse(await exported(session, 'df', 'json')) as Record<string, unknown>[];
    assert.deepEqual([first?.['num'], first?.['cat'], first?.['any']], [3, 'x', [1]]);
    assert.equal(await exported(session, 'grid', 'json'), '[[0, 1, 2], [3, 4, 5]]\n');
    assert.equal((await exported(session, 'wide', 'csv')).split('\n').length, 1002);
    const filters = [{ column: 0, operator: 'greater', text: '1' } as const];
    const sorted = await saved(session, 'df', { filters, sort: { column: 0, descending: false } });
    const numbers = sorted
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[1]));
    assert.ok(numbers.length > 0 && numbers.every((number) => number > 1), sorted);
    assert.deepEqual(
      numbers,
      numbers.toSorted((one, other) => one - other),
    );
  });
});
