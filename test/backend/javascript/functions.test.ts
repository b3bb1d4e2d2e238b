import assert from 'node:assert/strict';
import type { Level } from '../../../backend/protocol/security.ts';
import type { Of } from '../../helpers/worker-process.ts';
import { Session } from './session.ts';

describe('JavaScript worker: functions of the standard set', () => {
  let session: Session;
  before(async () => {
    session = await Session.start();
  });
  after(() => session.stop());

  const next = () => session.worker.next('capability_request');
  const start = (code: string) => session.worker.execute({ code, dialect: 'javascript' });
  const answer = ({ requestId }: Of<'capability_request'>, value: string | null) =>
    session.worker.send({ type: 'capability_response', requestId, answer: { status: 'answered', value } });

  it('an error of the system has its code', async () => {
    const asks = next();
    const execution = start(
      'await readFile("/x").catch((error) => [error.code, error.message, error instanceof Error])',
    );
    const { requestId } = await asks;
    const answer = {
      status: 'failed',
      code: 'failed',
      message: 'No such file or folder: /x',
      errno: 'ENOENT',
    } as const;
    session.worker.send({ type: 'capability_response', requestId, answer });
    assert.equal((await execution.finished).text, "[ 'ENOENT', 'No such file or folder: /x', true ]");
  });

  it('what the program has put into its environment itself is not asked for, and its commands have it', async () => {
    assert.equal(await session.text('process.env.MINE = "1"; await env("MINE")'), "'1'");
    const asks = next();
    const execution = start('delete process.env.HOME; (await shell("x")).exitCode');
    const request = await asks;
    assert.deepEqual(request.parameters['env'], { MINE: '1', HOME: null });
    const ended = { exitCode: 7, signal: null, stdoutBytes: 0, truncated: false };
    session.worker.send({
      type: 'capability_response',
      requestId: request.requestId,
      answer: { status: 'answered', value: ended },
    });
    assert.equal((await execution.finished).text, '7');
    assert.equal(await session.text('await env("HOME", "gone")'), "'gone'");
    await session.js('delete process.env.MINE');
  });

  it('paths may be URLs of files', async () => {
    const asks = next();
    const execution = start('await readFile(new URL("file:///a%20b"))');
    const request = await asks;
    assert.deepEqual(request.parameters, { path: '/a b' });
    answer(request, null);
    assert.equal((await execution.finished).text, "''");
  });

  it('the person’s own definitions win, and break nothing', async () => {
    assert.equal(await session.text('const shell = (x) => x; shell(1)'), '1');
    await session.js('function store() {}; let progress = null; var fetch = 1; delete globalThis.shell');
    await session.js(
      'TextDecoder.prototype.decode = null; Uint8Array.prototype.slice = null; JSON.parse = null; Promise.prototype.then = null',
    );
    const asks = next();
    const execution = start('await readFile("/x")');
    answer(await asks, null);
    assert.equal((await execution.finished).text, "''");
    await session.stop();
    session = await Session.start();
  });

  for (const [code, message] of [
    ['await writeFile("a", 7)', /The content is a text or bytes, not number/],
    ['await writeFile("a", null)', /The content is a text or bytes, not null/],
    ['await shell("a", { input: {} })', /The input is a text or bytes/],
    ['await readFile(Symbol())', /Cannot convert a Symbol/],
    ['await store.set("a", new Map())', /no place for a Map/],
    ['await store.set("a", { x: [NaN] })', /no place for NaN/],
    ['await store.set("a", undefined)', /no place for undefined/],
    ['await store.set("a", () => 1)', /no place for/],
    ['await store.set("a", 1n)', /no place for 1/],
    ['await store.set("a", { x: new (class A {})() })', /no place for a A/],
  ] as const) {
    it(`${code} is a TypeError and asks nothing`, async () => {
      const from = session.worker.messages.length;
      const { error } = await session.js(code);
      assert.equal(error?.name, 'TypeError', error?.traceback);
      assert.match(error.message, message);
      assert.ok(!session.worker.messages.slice(from).some(({ type }) => type === 'capability_request'));
    });
  }

  for (const code of [
    'await shell("a", { env: { a: "x".repeat(2_000_000) } })',
    'await writeFile("a", new Uint8Array(64 * 1024 * 1024 + 1))',
  ]) {
    it(`${code} is more than a message holds: a TypeError, and the session lives`, async () => {
      const { error } = await session.js(code);
      assert.deepEqual([error?.name, /too large/.test(error?.message ?? '')], ['TypeError', true]);
      assert.equal(await session.text('1 + 1'), '2');
    });
  }

  it('dates are stored as JSON has them', async () => {
    const asks = next();
    const execution = start('await store.set("a", [new Date(0), { toJSON: () => 7 }, Object.create(null)])');
    const request = await asks;
    assert.equal(request.payload.toString(), '["1970-01-01T00:00:00.000Z",7,{}]');
    answer(request, null);
    await execution.finished;
  });

  it('fetch is the platform’s own', async () => {
    assert.equal(await session.text('fetch.toString().includes("native code") || fetch.name'), "'fetch'");
  });

  it('what the worker does itself raises PermissionError where it is denied', async () => {
    const free = { asks: [], roots: [], readsFree: true, writesFree: true };
    const set = (generation: number, level: Level, injected: string[]) =>
      session.worker.send({ type: 'policy', generation, level, injected, ...free });
    set(1, 'sandbox', ['input']);
    for (const call of ['display(1)', 'progress([1])']) {
      const { error } = await session.js(call);
      assert.equal(error?.name, 'PermissionError', `${call}: ${error?.traceback}`);
      assert.match(error.message, /^(display|progress) is denied by an option of this run\.$/);
    }
    const every = ['input', 'read_file', 'store', 'display', 'progress', 'env', 'notify'];
    set(2, 'trusted', every);
    assert.equal((await session.js('display(1); [...progress([1])]')).error, null);
  });

  describe('progress', () => {
    const told = async (code: string) => {
      const from = session.worker.messages.length;
      const finished = await session.js(code);
      assert.equal(finished.error, null, finished.error?.traceback);
      const bars = session.worker.messages
        .slice(from)
        .filter((message): message is Of<'progress'> => message.type === 'progress');
      return { finished, bars };
    };

    for (const [code, expected] of [
      ['for (const x of progress([1, 2, 3], { label: "Rows" }));', ['Rows', 3, 3, 'done']],
      ['for (const x of progress(new Set([1, 2])));', ['', 2, 2, 'done']],
      ['for (const x of progress([1, 2].values()));', ['', 2, null, 'done']],
      ['for (const x of progress([1, 2].values(), { total: 5 }));', ['', 2, 5, 'done']],
      ['for (const x of progress([1, 2, 3])) if (x === 2) break', ['', 1, 3, 'stopped']],
      [
        '{ const bar = progress({ total: 10, label: 7 }); bar.update(4); bar.update(0.5); bar.close(); bar.close() }',
        ['7', 4.5, 10, 'done'],
      ],
      [
        '{ const bar = progress(); bar.update(); bar.total = 2; bar.label = "x"; bar[Symbol.dispose]() }',
        ['x', 1, 2, 'done'],
      ],
      [
        'for await (const x of progress((async function* () { yield 1; yield 2 })(), { total: 2 }));',
        ['', 2, 2, 'done'],
      ],
    ] as const) {
      it(code, async () => {
        const { bars, finished } = await told(`await new Promise((done) => setTimeout(done, 110)); ${code}`);
        const bar = bars.at(-1);
        assert.ok(bar, 'nothing was told');
        assert.equal(bar.executionId, finished.executionId);
        assert.deepEqual([bar.label, bar.done, bar.total, bar.state], expected);
      });
    }

    it('a million steps are few messages, and so are many bars', async () => {
      const long = await told(
        'await new Promise((done) => setTimeout(done, 110)); for (const x of progress({ length: 1_000_000, *[Symbol.iterator]() { for (let i = 0; i < 1_000_000; i++) yield i } }));',
      );
      assert.deepEqual([long.bars.at(-1)?.done, long.bars.at(-1)?.total], [1_000_000, 1_000_000]);
      assert.ok(long.bars.length <= 2 + long.finished.seconds / 0.1, `${long.bars.length}`);
      const many = await told('for (let n = 0; n < 20_000; n++) for (const x of progress([1, 2]));');
      assert.ok(many.bars.length <= 2 + many.finished.seconds / 0.1, `${many.bars.length}`);
    });

    for (const [code, message] of [
      ['progress({ total: -1 })', /The total of a progress is a number from 0 on, not -1/],
      ['progress({ total: "x" })', /The total of a progress/],
      ['for (const x of progress());', /nothing to iterate/],
      ['progress(7)', /goes through something iterable, not number/],
    ] as const) {
      it(`${code} is a TypeError`, async () => {
        const { error } = await session.js(code);
        assert.equal(error?.name, 'TypeError', error?.traceback);
        assert.match(error.message, message);
      });
    }
  });
});
