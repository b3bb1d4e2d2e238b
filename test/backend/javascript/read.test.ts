import assert from 'node:assert/strict';
import { type ColumnFilter, MAX_EXPORT_BYTES, type Reading, TableRows } from '../../../backend/protocol/inspection.ts';
import type { Of } from '../../helpers/worker-process.ts';
import { Session } from './session.ts';

const PEOPLE = `globalThis.people = [{ n: 3, t: 'b', d: new Date(5) }, { n: 1, t: 'a', d: new Date(9) }, { n: null, t: '', d: null },
{ n: 10, t: 'B', d: new Date(1) }, { n: 1, t: 'c', d: new Date(2) }, { n: NaN, t: 'a', d: new Date(NaN) }]; 0`;

type Table = Extract<Reading, { kind: 'table' }>;

describe('JavaScript worker: reading', () => {
  let session: Session;

  before(async () => {
    session = await Session.start();
    await run(PEOPLE);
    await run('globalThis.endless = { toJSON() { for (;;); } }; globalThis.kept = 5; 0');
  });

  after(() => session.stop());

  async function read(expression: string, reading: Reading): Promise<Of<'value_read'>> {
    const id = session.worker.send({ type: 'read_value', target: { expression, path: [] }, reading });
    return session.worker.next('value_read', ({ replyTo }) => replyTo === id);
  }

  async function table(expression: string, options: Partial<Table> = {}) {
    const page: Table = {
      kind: 'table',
      start: 0,
      count: 100,
      firstColumn: 0,
      columns: 100,
      sort: null,
      filters: [],
      ...options,
    };
    const { outcome, payload } = await read(expression, page);
    assert.equal(outcome.status, 'table', JSON.stringify(outcome));
    assert(outcome.status === 'table');
    return { ...outcome, rows: TableRows.parse(JSON.parse(payload.toString())) };
  }

  async function failure(expression: string, reading: Reading): Promise<string> {
    const { outcome } = await read(expression, reading);
    assert(outcome.status === 'failed', JSON.stringify(outcome));
    return outcome.message;
  }

  async function exported(expression: string, format: 'text' | 'json' | 'csv'): Promise<string> {
    const { outcome, payload } = await read(expression, { kind: 'export', format });
    assert.deepEqual(outcome, { status: 'exported', truncated: false }, JSON.stringify(outcome));
    return payload.toString();
  }

  /** What the grid saves: the rows that it shows. */
  async function saved(
    expression: string,
    { sort = null, filters = [] }: Partial<Extract<Reading, { kind: 'csv' }>>,
  ): Promise<string> {
    const { outcome, payload } = await read(expression, { kind: 'csv', sort, filters });
    assert.deepEqual(outcome, { status: 'exported', truncated: false }, JSON.stringify(outcome));
    return payload.toString();
  }

  async function run(code: string): Promise<void> {
    const { error } = await session.js(code);
    assert.equal(error, null, error?.traceback);
  }

  for (const [what, code, columns, rows] of [
    [
      'objects: all their names',
      '[{ a: 1, b: "x" }, { a: 2.5, c: true }, null]',
      ['a number number', 'b text string', 'c boolean boolean'],
      [
        [0, 1, 'x', null],
        [1, 2.5, null, true],
        [2, null, null, null],
      ],
    ],
    [
      'lists',
      '[[1, 2], [3]]',
      ['0 number number', '1 number number'],
      [
        [0, 1, 2],
        [1, 3, null],
      ],
    ],
    [
      'single values',
      '["a", , 3]',
      ['value other mixed'],
      [
        [0, 'a'],
        [1, null],
        [2, 3],
      ],
    ],
    [
      'a typed array',
      'new Float64Array([1, NaN, -Infinity])',
      ['value number number'],
      [
        [0, 1],
        [1, 'NaN'],
        [2, '-Infinity'],
      ],
    ],
    ['bigints', 'new BigInt64Array([5n])', ['value number bigint'], [[0, '5']]],
    [
      'a map',
      'new Map([["k", 1], [2, { x: 1 }]])',
      ['key other mixed', 'value other mixed'],
      [
        [0, 'k', 1],
        [1, 2, '{ x: 1 }'],
      ],
    ],
    ['a map of objects', 'new Map([["k", { x: 1 }]])', ['key text string', 'x number number'], [[0, 'k', 1]]],
    ['a set', 'new Set(["a"])', ['value text string'], [[0, 'a']]],
    [
      'an object of lists',
      '({ x: [1, 2], y: new Uint8Array([3]) })',
      ['x number number', 'y number number'],
      [
        [0, 1, 3],
        [1, 2, null],
      ],
    ],
    [
      'dates',
      '[{ d: new Date(0) }, { d: new Date(NaN) }]',
      ['d date Date'],
      [
        [0, '1970-01-01T00:00:00.000Z'],
        [1, 'Invalid Date'],
      ],
    ],
    ['instances with getters', '[new (class { x = 1; get y() { return 1 } })()]', ['x number number'], [[0, 1]]],
    [
      'a getter that throws',
      '[{ get bad() { throw new Error("no") }, ok: 1 }]',
      ['bad text string', 'ok number number'],
      [[0, '<throws>', 1]],
    ],
    [
      'names that objects treat specially',
      '[JSON.parse(\'{"__proto__": 1, "constructor": 2}\')]',
      ['__proto__ number number', 'constructor number number'],
      [[0, 1, 2]],
    ],
    ['nothing', '[]', ['value other undefined'], []],
  ] as const) {
    it(`reads a table of ${what}`, async () => {
      await run(`globalThis.rows = ${code}; 0`);
      const found = await table('rows');
      assert.deepEqual(
        found.columns.map(({ name, kind, type }) => `${name} ${kind} ${type}`),
        columns,
      );
      assert.deepEqual(found.rows, rows);
      assert.equal(found.matchingRows, found.totalRows);
    });
  }

  it('says that other values are no tables', async () => {
    await run('globalThis.scalar = 5; globalThis.plain = { a: [1], b: 2 }; globalThis.odd = new Proxy([], {}); 0');
    const page: Table = { kind: 'table', start: 0, count: 1, firstColumn: 0, columns: 1, sort: null, filters: [] };
    for (const name of ['scalar', 'plain', 'odd']) assert.match(await failure(name, page), /no rows and columns/);
    assert.match(await failure('missing', page), /no such value/);
    assert.match(await failure('scalar()', page), /Only a variable can be read/);
  });

  it('reads a page of rows and columns', async () => {
    await run(
      'globalThis.grid = Array.from({ length: 500 }, (_, r) => Array.from({ length: 300 }, (_, c) => r * 1000 + c)); 0',
    );
    const page = await table('grid', { start: 490, count: 100, firstColumn: 298, columns: 50 });
    assert.deepEqual([page.totalRows, page.totalColumns, page.rows.length], [500, 300, 10]);
    assert.deepEqual(
      page.columns.map(({ name }) => name),
      ['298', '299'],
    );
    assert.deepEqual(page.rows[0], [490, 490_298, 490_299]);
    assert.deepEqual((await table('grid', { start: 600 })).rows, []);
    assert.deepEqual((await table('grid', { firstColumn: 400 })).columns, []);
    const whole = await table('grid', { count: 10_000, columns: 1000 });
    assert.equal(whole.rows.length, 333, 'at most 100,000 cells');
  });

  it('cuts long text in cells', async () => {
    await run('globalThis.wide = [{ text: "x".repeat(1e6) }]; 0');
    const [[, cell] = []] = (await table('wide')).rows;
    assert.equal(String(cell).length, 1000);
  });

  it('sorts by numbers, texts and dates, both ways, empty cells last and equal ones as they came', async () => {
    const order = async (column: number, descending: boolean) =>
      (await table('people', { sort: { column, descending } })).rows.map(([row]) => row);
    assert.deepEqual(await order(0, false), [1, 4, 0, 3, 2, 5]);
    assert.deepEqual(await order(0, true), [3, 0, 1, 4, 2, 5]);
    assert.deepEqual(await order(1, false), [3, 1, 5, 0, 4, 2]);
    assert.deepEqual(await order(2, true), [1, 0, 4, 3, 2, 5]);
    assert.deepEqual(await order(9, true), [0, 1, 2, 3, 4, 5]);
  });

  it('filters', async () => {
    const rows = async (...filters: ColumnFilter[]) => {
      const found = await table('people', { filters });
      assert.equal(found.matchingRows, found.rows.length);
      assert.equal(found.totalRows, 6);
      return found.rows.map(([row]) => row);
    };
    assert.deepEqual(await rows({ column: 1, operator: 'contains', text: 'B' }), [0, 3]);
    assert.deepEqual(await rows({ column: 1, operator: 'equals', text: 'B' }), [3]);
    assert.deepEqual(await rows({ column: 0, operator: 'greater', text: '2' }), [0, 3]);
    assert.deepEqual(await rows({ column: 0, operator: 'less', text: '3' }), [1, 4]);
    assert.deepEqual(await rows({ column: 0, operator: 'equals', text: '1.0' }), [1, 4]);
    assert.deepEqual(await rows({ column: 0, operator: 'empty', text: '' }), [2, 5]);
    assert.deepEqual(await rows({ column: 1, operator: 'not_empty', text: '' }), [0, 1, 3, 4, 5]);
    assert.deepEqual(await rows({ column: 2, operator: 'greater', text: '1970-01-01T00:00:00.002Z' }), [0, 1]);
    assert.deepEqual(await rows({ column: 7, operator: 'contains', text: 'x' }), []);
    const both: ColumnFilter[] = [
      { column: 0, operator: 'greater', text: '0' },
      { column: 1, operator: 'contains', text: 'b' },
    ];
    assert.deepEqual(await rows(...both), [0, 3]);
    const sorted = await table('people', { filters: both, sort: { column: 0, descending: true }, start: 1 });
    assert.deepEqual([sorted.matchingRows, sorted.rows.map(([row]) => row)], [2, [0]]);
  });

  it('sorts anew after a cell has changed the value', async () => {
    await run('globalThis.moving = [3, 1, 2]; 0');
    const sort = { column: 0, descending: false };
    const values = async () => (await table('moving', { sort })).rows.map(([, value]) => value);
    assert.deepEqual(await values(), [1, 2, 3]);
    await run('moving[1] = 9; 0');
    assert.deepEqual(await values(), [2, 3, 9]);
  });

  it('sorts many rows', async () => {
    await run('globalThis.many = Float64Array.from({ length: 1e5 }, (_, i) => (i * 7919) % 1e5); 0');
    const { rows, matchingRows } = await table('many', {
      sort: { column: 0, descending: false },
      start: 50_000,
      count: 2,
    });
    assert.deepEqual([matchingRows, rows.map(([, value]) => value)], [1e5, [50_000, 50_001]]);
    await run('delete globalThis.many; 0');
  });

  it('exports text', async () => {
    await run(
      'globalThis.value = { a: [1, { b: { c: { d: new Map([[1, 2]]) } } }] }; globalThis.words = "as it\\nis"; 0',
    );
    assert.match(await exported('value', 'text'), /d: Map\(1\) \{ 1 => 2 \}/);
    assert.equal(await exported('words', 'text'), 'as it\nis');
    await run('value.self = value; 0');
    assert.match(await exported('value', 'text'), /\[Circular \*1\]/);
  });

  it('exports JSON', async () => {
    await run(
      'globalThis.value = { a: [1n, undefined, NaN], when: new Date(0), toJSON() { return { ...this, called: true, toJSON: undefined } } }; 0',
    );
    const text = await exported('value', 'json');
    assert.deepEqual(JSON.parse(text), { a: ['1', null, null], when: '1970-01-01T00:00:00.000Z', called: true });
    await run('globalThis.list = [{ a: { b: "x\\ny" } }, undefined, [1]]; globalThis.none = []; 0');
    const list = await exported('list', 'json');
    assert.equal(list, JSON.stringify([{ a: { b: 'x\ny' } }, null, [1]], null, 2));
    assert.equal(await exported('none', 'json'), '[]');
    await run(
      'list.push(list); globalThis.f = () => 1; globalThis.bad = { toJSON() { throw new RangeError("my own") } }; 0',
    );
    const json: Reading = { kind: 'export', format: 'json' };
    assert.match(await failure('list', json), /contains itself.*Export it as text/);
    assert.match(await failure('f', json), /JSON has no form/);
    assert.match(await failure('bad', json), /RangeError: my own/);
  });

  it('exports CSV', async () => {
    await run(
      `globalThis.list = [{ a: 1, 'b "q"': 'x, y' }, { a: null, 'b "q"': 'two\\nlines' }, { a: { k: 1 }, 'b "q"': new Date(0) }]; 0`,
    );
    assert.equal(
      await exported('list', 'csv'),
      'a,"b ""q"""\n1,"x, y"\n,"two\nlines"\n"{""k"":1}",1970-01-01T00:00:00.000Z\n',
    );
    await run('globalThis.scalar = 5; 0');
    assert.match(await failure('scalar', { kind: 'export', format: 'csv' }), /Export it as text or JSON/);
  });

  it('saves the rows that filters let through, in their order', async () => {
    await run('globalThis.crew = [{ n: 1, s: "a" }, { n: 3, s: "b" }, { n: 2, s: "c" }]; 0');
    const filters = [{ column: 0, operator: 'greater', text: '1' } as const];
    assert.equal(await saved('crew', { filters }), 'n,s\n3,b\n2,c\n');
    assert.equal(await saved('crew', { filters, sort: { column: 0, descending: false } }), 'n,s\n2,c\n3,b\n');
    await run('globalThis.scalar = 5; 0');
    assert.match(await failure('scalar', { kind: 'csv', sort: null, filters: [] }), /no rows and columns/);
  });

  it('exports no more than a message holds, and says so', async () => {
    await run('globalThis.huge = "ä".repeat(2e7); globalThis.lines = new Array(5e4).fill("0123456789".repeat(100)); 0');
    for (const [name, format] of [
      ['huge', 'text'],
      ['huge', 'json'],
      ['lines', 'json'],
      ['lines', 'csv'],
    ] as const) {
      const { outcome, payload } = await read(name, { kind: 'export', format });
      assert.deepEqual(
        outcome,
        { status: 'exported', truncated: true },
        `${name} as ${format}: ${JSON.stringify(outcome)}`,
      );
      assert.ok(payload.length <= MAX_EXPORT_BYTES && payload.length > 1e7, String(payload.length));
      assert.ok(!payload.toString().endsWith('\ufffd'));
    }
    await run('delete globalThis.huge; delete globalThis.lines; 0');
  });

  it('interrupts what never ends, and the next cell runs', async () => {
    await run('globalThis.looping = [{ get x() { for (;;); } }]; 0');
    assert.match(await failure('endless', { kind: 'export', format: 'json' }), /took longer than 3 s/);
    const page: Table = { kind: 'table', start: 0, count: 1, firstColumn: 0, columns: 1, sort: null, filters: [] };
    const first = failure('looping', page);
    const second = failure('looping', page);
    assert.match(await first, /took longer than 3 s/);
    await second;
    assert.equal(await session.text('kept'), '5');
    assert.equal((await table('people', { count: 1 })).rows.length, 1);
  });

  it('gives way to a cell', async () => {
    const reply = read('endless', { kind: 'export', format: 'json' });
    const again = read('endless', { kind: 'export', format: 'json' });
    const executed = session.js('kept + 1');
    assert.equal((await reply).outcome.status, 'busy');
    assert.equal((await again).outcome.status, 'busy');
    assert.equal((await executed).text, '6');
    assert.deepEqual((await table('people', { count: 1 })).rows.length, 1);
  });

  it('can be followed by a cancel of the cell that waited for it', async () => {
    const { worker } = session;
    for (let round = 0; round < 5; round++) {
      const reply = read('endless', { kind: 'export', format: 'json' });
      const execution = worker.execute({ code: 'for (;;);', dialect: 'javascript' });
      worker.send({ type: 'cancel', executionId: execution.id });
      assert.equal((await execution.finished).status, 'cancelled');
      assert.equal((await reply).outcome.status, 'busy');
      assert.equal(await session.text('kept'), '5');
    }
  });

  it('is refused at once while a cell runs or waits', async () => {
    const { worker } = session;
    for (const code of ['for (;;);', 'await new Promise(() => {})']) {
      const execution = worker.execute({ code, dialect: 'javascript' });
      await execution.started;
      assert.equal((await read('people', { kind: 'export', format: 'csv' })).outcome.status, 'busy');
      worker.send({ type: 'cancel', executionId: execution.id });
      await execution.finished;
    }
  });

  it('answers each of many requests, in their order', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, start) => table('people', { start, count: 1 })));
    assert.deepEqual(
      answers.map(({ rows }) => rows.length),
      Array.from({ length: 50 }, (_, start) => (start < 6 ? 1 : 0)),
    );
  });
});
