import assert from 'node:assert/strict';
import type { Variable } from '../../../backend/protocol/values.ts';
import { eventually } from '../../helpers/eventually.ts';
import { printed, Session } from './session.ts';

describe('JavaScript worker: namespace', () => {
  let session: Session;

  beforeEach(async () => {
    session = await Session.start();
  });

  afterEach(() => session.stop());

  async function inspect(start = 0, count = 100): Promise<{ variables: Variable[]; total: number }> {
    const id = session.worker.send({ type: 'inspect', start, count });
    const { variables, total } = await session.worker.next('inspected', ({ replyTo }) => replyTo === id);
    return { variables, total };
  }

  it('tells what a cell added, changed and deleted, and nothing else', async () => {
    const first = await session.js('const a = 1, b = [1, 2]; function f(x, y) {} class K {}');
    assert.deepEqual(
      first.namespace[0]?.changed.map(({ name, type, kind, length, preview }) => [name, type, kind, length, preview]),
      [
        ['f', 'Function', 'function', null, 'ƒ f(x, y)'],
        ['a', 'number', 'value', null, '1'],
        ['b', 'Array', 'value', 2, '[1, 2]'],
        ['K', 'class', 'class', null, 'class K'],
      ],
    );
    const second = await session.js('b.push(3); delete globalThis.a; implicit = "x"; 5');
    assert.deepEqual(
      second.namespace[0]?.changed.map(({ name, preview }) => `${name} ${preview}`),
      ['b [1, 2, 3]', 'implicit "x"'],
    );
    assert.deepEqual(second.namespace[0]?.deleted, ['a']);
    assert.equal(second.namespace[0]?.total, 4);
    const third = await session.js('5');
    assert.deepEqual(third.namespace[0]?.changed, []);
  });

  it('comes before the terminal message', async () => {
    const { executionId } = await session.js('const n = 1');
    const types = session.worker.messages
      .filter((m) => 'executionId' in m && m.executionId === executionId)
      .map((m) => m.type);
    assert.deepEqual(types, ['started', 'namespace_changed', 'result']);
  });

  it('summarizes every kind of value without running user code', async () => {
    const cases: [string, string, number | null, string][] = [
      ['"a\\n\\u0001"', 'string', 3, '"a\\n\\u0001"'],
      ['10n ** 100n', 'bigint', null, 'a bigint of more than 60 digits'],
      ['-0', 'number', null, '-0'],
      ['null', 'null', null, 'null'],
      ['Symbol("s")', 'symbol', null, 'Symbol(s)'],
      ['new Map([[1, 2]])', 'Map', 1, 'Map(1)'],
      ['new Set([1])', 'Set', 1, 'Set(1)'],
      ['new Float64Array(3)', 'Float64Array', 3, 'Float64Array(3) [0, 0, 0]'],
      ['Buffer.from("ab")', 'Buffer', 2, 'Uint8Array(2) [97, 98]'],
      ['new Date(0)', 'Date', null, '1970-01-01T00:00:00.000Z'],
      ['new Date(NaN)', 'Date', null, 'Invalid Date'],
      ['/x/g', 'RegExp', null, '/x/g'],
      ['new RangeError("no")', 'RangeError', null, 'RangeError: no'],
      ['Promise.resolve(1)', 'Promise', null, 'Promise'],
      ['new (class Point { x = 1 })()', 'Point', null, 'Point { x: 1 }'],
      ['Object.create(null)', 'Object', null, '{}'],
      [
        'new Proxy({}, { get() { throw 1 }, ownKeys() { for (;;); }, getPrototypeOf() { for (;;); } })',
        'Proxy',
        null,
        'Proxy',
      ],
      ['new Proxy(function () {}, {})', 'Proxy', null, 'Proxy'],
      [
        '({ get x() { for (;;); }, toString() { for (;;); }, get [Symbol.toStringTag]() { for (;;); } })',
        'Object',
        null,
        '{ x: <getter>, toString: ƒ toString() }',
      ],
      ['Object.setPrototypeOf({}, new Proxy({}, { getOwnPropertyDescriptor() { for (;;); } }))', 'Object', null, '{}'],
      ['[, 1, { a: { b: { c: 1 } } }]', 'Array', 3, '[<empty>, 1, { a: {…} }]'],
      ['await import("node:path")', 'Module', null, ''],
      ['async (a) => a', 'AsyncFunction', null, 'async ƒ v(a)'],
      ['"x".repeat(1e6)', 'string', 1e6, ''],
      ['new Array(1e6).fill(0)', 'Array', 1e6, ''],
      ['class { static name = { toString() { for (;;); } } }', 'class', null, 'class (anonymous)'],
    ];
    for (const [code, type, length, preview] of cases) {
      const { namespace, error } = await session.js(`delete globalThis.v; const v = ${code}`);
      assert.equal(error, null, error?.traceback);
      await session.js('0');
      const variable = namespace[0]?.changed.find(({ name }) => name === 'v');
      // An equal summary is no change: ask for it.
      const seen = variable ?? (await inspect()).variables.find(({ name }) => name === 'v');
      assert.equal(seen?.type, type, code);
      assert.equal(seen?.length, length, code);
      if (preview !== '') assert.equal(seen?.preview, preview, code);
    }
  });

  it('pages', async () => {
    await session.js('for (let i = 0; i < 2500; i++) globalThis["v" + i] = i');
    const { variables, total } = await inspect(2400, 1000);
    assert.equal(total, 2500);
    assert.deepEqual([variables.length, variables[0]?.name], [100, 'v2400']);
  });

  it('answers in the middle of an endless loop with what is there now', async () => {
    const { worker } = session;
    const loops = worker.next('output');
    const execution = worker.execute({
      code: 'let n = 0; Promise.resolve().then(() => (n = -1)); console.log("loops"); for (;;) n++',
      dialect: 'javascript',
    });
    await loops;
    // An answer that the busy thread could not give in time has what was known before.
    const above = (least: number) =>
      eventually(async () => {
        const n = (await inspect()).variables.find(({ name }) => name === 'n');
        assert.ok(Number(n?.preview) > least, `${n?.preview} > ${least}`);
        return Number(n?.preview);
      });
    await above(await above(0));
    worker.send({ type: 'cancel', executionId: execution.id });
    assert.equal((await execution.finished).rung, 'interrupt');
  });

  it('answers with what it last knew while native code runs', async () => {
    await session.js('const known = 1');
    const { worker } = session;
    const execution = worker.execute({
      code: 'require("node:child_process").execSync("echo sleeps; sleep 3", { stdio: "inherit" }); 1',
      dialect: 'javascript',
    });
    await printed(worker, execution.id, 'sleeps');
    assert.deepEqual(
      (await inspect()).variables.map(({ name }) => name),
      ['known'],
    );
    worker.send({ type: 'interrupt', executionId: execution.id, rung: 'children' });
    await execution.finished;
  });

  it('is merged into: a failed cell removes nothing', async () => {
    await session.js('let a = 1; const b = 2');
    await session.js('const b = 3; let a = missing');
    assert.equal(await session.text('[a, b]'), '[ 1, 3 ]');
    await session.js('let a = = 1');
    assert.equal(await session.text('[a, b]'), '[ 1, 3 ]');
  });

  it("keeps the engine's own names", async () => {
    await session.js('41');
    assert.equal(await session.text('_ = 7; __ = 8; In = 1; Out = null; _exception = 3; delete globalThis._; _'), '41');
    assert.equal(await session.text('__'), '41');
    await session.js('throw new Error("kept")');
    assert.equal(await session.text('_exception.message'), "'kept'");
    assert.equal(await session.text('In[1]'), "'41'");
    assert.equal(await session.text('Out[1]'), '41');
    const { variables } = await inspect();
    assert.deepEqual(variables, []);
  });

  for (const [name, declaration, value] of [
    ['_', 'const _ = require("node:path").posix', '_.sep'],
    ['_', 'import _ from "node:path/posix"', '_.sep'],
    ['__', 'let __ = { sep: "/" }', '__.sep'],
    ['___', 'var { ___ } = { ___: { sep: "/" } }', '___.sep'],
    ['In', 'function In() { return "/" }', 'In()'],
    ['Out', 'class Out { static sep = "/" }', 'Out.sep'],
  ] as const) {
    it(`gives up one of its names when a cell declares it: ${declaration}`, async () => {
      const own = await Session.start();
      try {
        await own.js('41');
        assert.equal((await own.js('const _exception = 1')).status, 'succeeded');
        const { namespace } = await own.js(declaration);
        assert.equal(await own.text(value), "'/'");
        await own.js('43');
        assert.equal(await own.text(value), "'/'");
        const told = namespace.at(-1)?.changed.find((variable) => variable.name === name);
        assert.ok(told && told.preview !== '<getter>', JSON.stringify(told));
        await own.js(`${name} = 5; undefined`);
        assert.equal(await own.text(name), '5');
      } finally {
        await own.stop();
      }
    });
  }

  it('keeps a name that a cell declares but never sets', async () => {
    const own = await Session.start();
    try {
      await own.js('41');
      assert.equal((await own.js('const _ = missing')).status, 'failed');
      assert.equal(await own.text('_'), '41');
    } finally {
      await own.stop();
    }
  });

  it('lets cells declare names that Node defines', async () => {
    assert.equal(
      await session.text(
        'const crypto = require("node:crypto"); crypto.createHash("md5").update("").digest("hex").slice(0, 4)',
      ),
      "'d41d'",
    );
    assert.equal(
      await session.text('const navigator = 1, performance = 2, fetch = 3; [navigator, performance, fetch]'),
      '[ 1, 2, 3 ]',
    );
    assert.equal((await inspect()).total, 4);
  });
});
