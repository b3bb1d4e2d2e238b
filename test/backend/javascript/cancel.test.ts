import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../helpers/eventually.ts';
import type { Execution } from '../../helpers/worker-process.ts';
import { printed, Session } from './session.ts';

describe('JavaScript worker: cancel', () => {
  let session: Session;

  before(async () => {
    session = await Session.start();
    await session.js('let kept = 1; let ticks = 0; setInterval(() => ticks++, 5).unref()');
  });

  after(() => session.stop());

  /** Starts a cell; its code is about to run, or runs. */
  async function begin(code: string): Promise<Execution> {
    const execution = session.worker.execute({ code, dialect: 'javascript' });
    await execution.started;
    return execution;
  }

  /** The next cell works; variables and timers are as they were. */
  async function assertAlive(): Promise<void> {
    const before = Number(await session.text('ticks'));
    await session.js('await new Promise((resolve) => setTimeout(resolve, 25))');
    assert.ok(Number(await session.text('ticks')) > before, 'timers of earlier cells go on');
    assert.equal(await session.text('kept'), '1');
  }

  const running = [
    ['an endless loop', 'for (;;);'],
    ['a loop of long native calls', 'const text = "[" + "1,".repeat(3e6) + "1]"; for (;;) JSON.parse(text)'],
    [
      'an awaiting cell’s loop of them',
      'await null; const text = "[" + "1,".repeat(3e6) + "1]"; while (true) { JSON.parse(text) }',
    ],
    ['a loop that swallows errors', 'for (;;) { try { for (;;); } catch {} finally { kept = 1 } }'],
    ['a catastrophic regular expression', '/^(a+)+$/.test("a".repeat(40) + "b")'],
    ['Atomics.wait', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
    ['a flood of output', 'for (;;) console.log("x".repeat(100))'],
    ['a flood of displays', 'for (;;) { console.log("x"); display("y".repeat(1000)) }'],
    ['a flood of questions', 'for (;;) input("name?")'],
    ['a flood of microtasks', 'await (async () => { for (;;) await null })()'],
    ['a loop after an await', 'await null; for (;;);'],
    ['a loop in a getter of the value', '({ [Symbol.for("nodejs.util.inspect.custom")]() { for (;;); } })'],
    ['a blocking prompt', 'prompt("name?")'],
    ['an endless module', `await import('data:text/javascript,for(;;);')`],
  ] as const;
  for (const [what, code] of running) {
    it(`interrupts ${what}`, async () => {
      const execution = await begin(code);
      session.worker.send({ type: 'cancel', executionId: execution.id });
      const finished = await execution.finished;
      assert.equal(finished.status, 'cancelled');
      assert.equal(finished.rung, 'interrupt');
      await assertAlive();
    });
  }

  const waiting = [
    ['an await that never settles', 'await new Promise(() => {})'],
    ['a long timer', 'await new Promise((resolve) => setTimeout(resolve, 1e8))'],
    ['a pending input', 'await input("name?")'],
    ['a stream that never ends', 'for await (const x of (async function* () { await new Promise(() => {}) })()) {}'],
  ] as const;
  for (const [what, code] of waiting) {
    it(`abandons ${what}`, async () => {
      // Says so from the event loop: by then the cell waits.
      const waits = session.worker.next('output');
      const execution = await begin(`setImmediate(() => console.log("waits")); ${code}`);
      await waits;
      session.worker.send({ type: 'cancel', executionId: execution.id });
      const finished = await execution.finished;
      assert.equal(finished.status, 'cancelled');
      assert.equal(finished.rung, 'cooperative');
      await assertAlive();
    });
  }

  it('interrupts a timer callback that never returns while the cell awaits', async () => {
    const { worker } = session;
    const stuck = worker.next('output');
    const execution = await begin(
      'setTimeout(() => { console.log("stuck"); for (;;); }, 1); await new Promise(() => {})',
    );
    await stuck;
    worker.send({ type: 'cancel', executionId: execution.id });
    const finished = await execution.finished;
    assert.equal(finished.rung, 'interrupt');
    assert.equal(finished.stdout, 'stuck\n');
    await assertAlive();
  });

  it('ends the children of a cell that waits for them (seen in /proc: Linux only)', async function () {
    if (process.platform !== 'linux') this.skip();
    const { worker } = session;
    const execution = await begin('require("node:child_process").execSync("sleep 1000 & sleep 1000")');
    await eventually(async () => assert.ok((await descendantsOf(worker.pid)).length >= 3));
    worker.send({ type: 'cancel', executionId: execution.id });
    worker.send({ type: 'interrupt', executionId: execution.id, rung: 'interrupt' });
    worker.send({ type: 'interrupt', executionId: execution.id, rung: 'children' });
    const finished = await execution.finished;
    assert.equal(finished.status, 'cancelled');
    assert.equal(finished.rung, 'children');
    assert.deepEqual(await descendantsOf(worker.pid), []);
    await assertAlive();
  });

  it('cancels a fetch that hangs', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const execution = await begin(`await fetch('http://127.0.0.1:${port}/')`);
    session.worker.send({ type: 'cancel', executionId: execution.id });
    assert.equal((await execution.finished).status, 'cancelled');
    server.closeAllConnections();
    server.close();
    await assertAlive();
  });

  it('cancels queued cells before they start', async () => {
    const { worker } = session;
    const waits = worker.next('output');
    const first = await begin('setImmediate(() => console.log("waits")); await new Promise(() => {})');
    await waits;
    const second = worker.execute({ code: 'kept = 2', dialect: 'javascript' });
    worker.send({ type: 'cancel', executionId: second.id });
    const finished = await second.finished;
    assert.equal(finished.rung, 'queued');
    await assert.rejects(second.started, /ended without having started/);
    worker.send({ type: 'cancel', executionId: first.id });
    assert.equal((await first.finished).rung, 'cooperative');
    await assertAlive();
  });

  it('takes late, early and repeated cancels without harm', async () => {
    const { worker } = session;
    const done = await session.js('kept');
    for (let i = 0; i < 20; i++) {
      worker.send({ type: 'cancel', executionId: done.executionId });
      worker.send({ type: 'interrupt', executionId: done.executionId, rung: 'force' });
      worker.send({ type: 'cancel', executionId: 'nobody' });
    }
    assert.equal(await session.text('kept'), '1');
    const execution = worker.execute({ code: 'for (;;);', dialect: 'javascript' });
    for (let i = 0; i < 20; i++) {
      worker.send({ type: 'cancel', executionId: execution.id });
      worker.send({ type: 'interrupt', executionId: execution.id, rung: 'force' });
    }
    assert.equal((await execution.finished).status, 'cancelled');
    await assertAlive();
  });

  it('lets the worker answer however often it is asked to end a cell by force', async () => {
    const { worker } = session;
    const execution = await begin('for (;;);');
    for (let i = 0; i < 300; i++) worker.send({ type: 'interrupt', executionId: execution.id, rung: 'force' });
    assert.equal((await execution.finished).status, 'cancelled');
    await assertAlive();
  });

  it('ends exactly once whenever the cancel comes', async () => {
    const { worker } = session;
    for (let i = 0; i < 100; i++) {
      const execution = worker.execute({ code: 'for (let i = 0; i < 2e5; i++); kept', dialect: 'javascript' });
      if (i % 3 === 0) await execution.started;
      worker.send({ type: 'cancel', executionId: execution.id });
      // `finished` itself asserts that there is one terminal message.
      const { status, text } = await execution.finished;
      assert.ok(status === 'cancelled' || text === '1', status);
    }
    await assertAlive();
  });

  it('never hits the cell after the one that was cancelled', async () => {
    const { worker } = session;
    for (let i = 0; i < 60; i++) {
      const doomed = worker.execute({ code: `for (let i = 0; i < ${i * 1e4}; i++);`, dialect: 'javascript' });
      const next = worker.execute({ code: 'for (let i = 0; i < 2e5; i++); kept', dialect: 'javascript' });
      if (i % 2 === 0) await doomed.started;
      worker.send({ type: 'cancel', executionId: doomed.id });
      worker.send({ type: 'interrupt', executionId: doomed.id, rung: 'force' });
      await doomed.finished;
      const { status, text } = await next.finished;
      assert.deepEqual({ status, text }, { status: 'succeeded', text: '1' });
    }
  });

  it('lets go of a large namespace in its own time', async () => {
    const { worker } = session;
    await session.js('for (let i = 0; i < 30000; i++) globalThis["many" + i] = { i }; undefined');
    const execution = await begin('await new Promise(() => {})');
    worker.send({ type: 'cancel', executionId: execution.id });
    worker.send({ type: 'interrupt', executionId: execution.id, rung: 'force' });
    assert.equal((await execution.finished).status, 'cancelled');
    await session.js('for (let i = 0; i < 30000; i++) delete globalThis["many" + i]; undefined');
  });

  it('ends a cell by force', async () => {
    const { worker } = session;
    const execution = await begin('for (;;) { try { for (;;); } finally { continue } }');
    worker.send({ type: 'cancel', executionId: execution.id });
    worker.send({ type: 'interrupt', executionId: execution.id, rung: 'force' });
    assert.equal((await execution.finished).status, 'cancelled');
    await assertAlive();
  });

  it('keeps what was printed before the cancel, and all of it before the end', async () => {
    const execution = await begin('console.log("one"); require("fs").writeSync(1, "raw\\n"); for (;;);');
    await printed(session.worker, execution.id, 'raw');
    session.worker.send({ type: 'cancel', executionId: execution.id });
    assert.equal((await execution.finished).stdout, 'one\nraw\n');
  });
});

/** Processes below the worker, zombies left out. */
async function descendantsOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state !== 'Z') parents.set(Number(name), Number(parent));
  }
  const found = [pid];
  for (const ancestor of found) for (const [child, parent] of parents) if (parent === ancestor) found.push(child);
  return found.slice(1);
}
