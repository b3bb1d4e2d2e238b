import assert from 'node:assert/strict';
import type { BackgroundTask } from '../../../backend/protocol/values.ts';
import type { Of } from '../../helpers/worker-process.ts';
import { Session, testNode } from './session.ts';

describe('JavaScript worker: background tasks', () => {
  let session: Session;
  let tracksOwner: boolean;

  before(async () => {
    // Node 20 cannot tell whose a timer is (see `tracksContext`).
    tracksOwner = Number((await testNode()).version.split('.')[0]) >= 22;
  });
  beforeEach(async () => {
    session = await Session.start();
  });
  afterEach(() => session.stop());

  const named = (message: Of<'tasks_changed'>) => message.tasks.map(({ kind, name }) => `${kind} ${name}`);

  /** Runs a cell; answers the list as it is told next, with so many tasks in it. */
  async function tasksAfter(code: string, total: number): Promise<Of<'tasks_changed'>> {
    const told = session.worker.next('tasks_changed', (message) => message.total === total);
    const { error } = await session.js(code);
    assert.equal(error, null, error?.traceback);
    return told;
  }

  async function cancel(taskId: number): Promise<string> {
    const id = session.worker.send({ type: 'cancel_task', taskId });
    return (await session.worker.next('task_cancelled', ({ replyTo }) => replyTo === id)).status;
  }

  async function cancelAndSee(task: BackgroundTask | undefined, status: string, total: number): Promise<void> {
    assert.ok(task);
    const told = session.worker.next('tasks_changed', (message) => message.total === total);
    assert.equal(await cancel(task.taskId), status);
    await told;
    assert.equal(await cancel(task.taskId), 'gone');
  }

  it('are the timers that outlive their cell, oldest first, with what started them', async () => {
    const before = Date.now();
    const code = `setInterval(function poll() {}, 1000); setTimeout(() => {}, 1e6); setTimeout(async function late() {}, 5e5, 1, 2);
      require('node:timers').setInterval(class {}.constructor, 7e5); import('node:timers').then((t) => t.setTimeout(Math.max, 9e5)); 0`;
    const { executionId } = await session.js('1');
    const message = await tasksAfter(code, 5);
    assert.deepEqual(named(message), [
      'timer poll every 1000 ms',
      'timer a callback in 1000000 ms',
      'timer late in 500000 ms',
      'timer Function every 700000 ms',
      'timer max in 900000 ms',
    ]);
    for (const task of message.tasks) {
      assert.ok(task.since >= before && task.since <= Date.now());
      assert.notEqual(task.executionId, executionId);
      if (tracksOwner) assert.match(String(task.executionId), /^e\d+$/);
    }
  });

  it('end by themselves, and the list says so', async () => {
    const empty = session.worker.next('tasks_changed', ({ total }) => total === 0);
    await tasksAfter('setTimeout(() => {}, 400)', 1);
    await empty;
  });

  it('are told while no cell runs', async () => {
    const { worker } = session;
    const execution = worker.execute({
      code: 'setInterval(() => {}, 5e5); await new Promise((resolve) => setTimeout(resolve, 400))',
      dialect: 'javascript',
    });
    const told = worker.next('tasks_changed');
    await execution.finished;
    assert.equal((await told).total, 1);
    const order = worker.messages.filter(({ type }) => type === 'result' || type === 'tasks_changed');
    assert.deepEqual(
      order.map(({ type }) => type),
      ['result', 'tasks_changed'],
    );
  });

  it('are told at most every 100 ms', async () => {
    const startedAt = performance.now();
    await tasksAfter('setInterval(() => setTimeout(() => {}, 30), 20)', 2);
    for (let count = 0; count < 10; count++) await session.worker.next('tasks_changed');
    // From before the first to after the last: what is late in between makes it longer only.
    const ms = performance.now() - startedAt;
    const times = session.worker.messages.filter(({ type }) => type === 'tasks_changed').length;
    assert.ok(times <= 1 + ms / 100, `${times} times in ${ms} ms`);
  });

  it('are no timers that nobody waits for: unref’d ones, those of Node, those that ended with their cell', async () => {
    await session.js(`setTimeout(() => {}, 5e5).unref(); clearTimeout(setTimeout(() => {}, 5e5)); setInterval(() => {}, 5e5).close();
      await new Promise((resolve) => setTimeout(resolve, 1)); await new Promise((resolve) => setImmediate(resolve));
      const server = require('node:http').createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.on('listening', resolve));
      await (await fetch('http://127.0.0.1:' + server.address().port)).text();
      AbortSignal.timeout(5e5); await require('node:timers/promises').setTimeout(1); 0`);
    const message = await tasksAfter('setInterval(function only() {}, 5e5)', 1);
    assert.deepEqual(named(message), ['timer only every 500000 ms']);
    assert.ok(!session.worker.messages.some((other) => other.type === 'tasks_changed' && other.total > 1));
  });

  it('are listed up to 50, and counted', async () => {
    const message = await tasksAfter('for (let n = 0; n < 3000; n++) setTimeout(() => {}, 5e5)', 3000);
    assert.equal(message.tasks.length, 50);
    const [first] = message.tasks;
    await cancelAndSee(first, 'cancelled', 2999);
  });

  it('can be cancelled: a timer', async () => {
    const { tasks } = await tasksAfter('let ticks = 0; setInterval(function tick() { ticks++ }, 1)', 1);
    await cancelAndSee(tasks[0], 'cancelled', 0);
    const ticks = await session.text('ticks');
    await session.js('await new Promise((resolve) => setTimeout(resolve, 20))');
    assert.equal(await session.text('ticks'), ticks);
  });

  it('can be cancelled: immediates that each make the next', async () => {
    const { tasks } = await tasksAfter('let turns = 0; function again() { turns++; setImmediate(again) } again()', 1);
    assert.equal(tasks[0]?.name, 'again at once');
    // By the time the message comes another one is waiting: cancel what is listed until one is caught.
    assert.ok(['cancelled', 'gone'].includes(await cancel(tasks[0].taskId)));
  });

  it('can be cancelled: the wait of a loop that was abandoned, which then ends', async () => {
    const { worker } = session;
    const execution = worker.execute({
      code: `import { setTimeout as sleep } from 'node:timers/promises';
        // From the event loop: by then the cell waits.
        setImmediate(() => console.log('waits'));
        let why; for (;;) { try { await sleep(5e5) } catch (error) { why = error.name; break } }`,
      dialect: 'javascript',
    });
    await worker.next('output');
    const told = worker.next('tasks_changed');
    worker.send({ type: 'cancel', executionId: execution.id });
    assert.equal((await execution.finished).rung, 'cooperative');
    const { tasks } = await told;
    assert.deepEqual([tasks.length, tasks[0]?.name], [1, 'a wait of 500000 ms']);
    await cancelAndSee(tasks[0], 'cancelled', 0);
    assert.equal(await session.text('why'), "'AbortError'");
  });

  it('can be cancelled: a worker thread, which ends when it lets itself', async () => {
    await session.js('process.removeAllListeners()');
    const { tasks } = await tasksAfter(
      'const w = new (require("node:worker_threads").Worker)("setInterval(() => {}, 1000)", { eval: true }); 0',
      1,
    );
    assert.deepEqual([tasks[0]?.kind, /^worker thread \d+$/.test(tasks[0]?.name ?? '')], ['thread', true]);
    await cancelAndSee(tasks[0], 'requested', 0);
    assert.equal(await session.text('w.threadId'), '-1');
  });

  it('survive code that changes what they are made of', async () => {
    await session.js(`Set.prototype.add = Set.prototype.forEach = null; Promise.prototype.then = null; Date.now = null;
      Object.defineProperty(Object.prototype, '_repeat', { value: 3, writable: true }); globalThis.clearTimeout = null; process.on = null;
      Object.getPrototypeOf(setTimeout(() => {}).unref()).hasRef = () => { throw 1 }`);
    const { tasks } = await tasksAfter(
      `const f = () => {}; Object.defineProperty(f, 'name', { get() { throw 1 } }); setTimeout(f, 5e5)`,
      1,
    );
    assert.equal(tasks[0]?.name, 'a callback in 500000 ms');
    await cancelAndSee(tasks[0], 'cancelled', 0);
  });

  it('are gone when nobody knows them', async () => assert.equal(await cancel(99), 'gone'));

  it('are answered for although a cell is ended by force meanwhile', async () => {
    const { tasks } = await tasksAfter('setInterval(() => {}, 5e5)', 1);
    const { worker } = session;
    const execution = worker.execute({ code: 'for (;;);', dialect: 'javascript' });
    await execution.started;
    const status = cancel(tasks[0]?.taskId ?? 0);
    worker.send({ type: 'cancel', executionId: execution.id });
    worker.send({ type: 'interrupt', executionId: execution.id, rung: 'force' });
    assert.equal((await execution.finished).status, 'cancelled');
    assert.ok(['cancelled', 'gone'].includes(await status));
  });

  it('go on when a cancel has hit one of them: an interval is called again, a timeout is not listed for ever', async () => {
    const { worker } = session;
    for (const start of ['setInterval(stick, 10).unref()', 'setTimeout(stick, 10)']) {
      const printed = worker.next('output');
      const execution = worker.execute({
        code: `var calls = 0; function stick() { if (++calls === 1) { console.log('stuck'); for (;;); } }
          ${start}; await new Promise(() => {})`,
        dialect: 'javascript',
      });
      await printed;
      worker.send({ type: 'cancel', executionId: execution.id });
      assert.equal((await execution.finished).rung, 'interrupt');
    }
    const message = await tasksAfter('setInterval(function only() {}, 5e5)', 1);
    assert.deepEqual(named(message), ['timer only every 500000 ms']);
    await session.js('while (calls < 2) await new Promise((resolve) => setTimeout(resolve, 10))');
  });

  const same: [string, string, string][] = [
    [
      'has its name',
      '[setTimeout.name, setInterval.name, setImmediate.name]',
      "[ 'setTimeout', 'setInterval', 'setImmediate' ]",
    ],
    [
      'is the same in every place',
      'const t = require("timers"); [t.setTimeout === setTimeout, (await import("node:timers")).setTimeout === setTimeout]',
      '[ true, true ]',
    ],
    [
      'gives its arguments, in order',
      'await new Promise((resolve) => setTimeout((...all) => resolve(all), 1, "a", "b", "c", "d"))',
      "[ 'a', 'b', 'c', 'd' ]",
    ],
    [
      'calls back with the timer as `this`',
      'let timer; await new Promise((resolve) => { timer = setTimeout(function () { resolve(this === timer) }, 1) })',
      'true',
    ],
    [
      'gives Node’s own object',
      'const t = setTimeout(() => {}, 1e6).unref().ref().refresh(); clearTimeout(+t); [t.constructor.name, t._destroyed, typeof t[Symbol.toPrimitive]()]',
      "[ 'Timeout', true, 'number' ]",
    ],
    [
      'keeps its promise',
      'const util = require("util"); [util.promisify(setTimeout) === require("timers/promises").setTimeout, await util.promisify(setTimeout)(1, "v"), await util.promisify(setImmediate)("w")]',
      "[ true, 'v', 'w' ]",
    ],
    [
      'refuses what is no function, with the same error',
      'try { setTimeout(1) } catch (error) { error.code }',
      "'ERR_INVALID_ARG_TYPE'",
    ],
    [
      'is ended by the signal that it is given',
      'const c = new AbortController(); const p = require("timers/promises").setTimeout(1e6, 0, { signal: c.signal }); c.abort("why"); await p.catch((error) => [error.name, error.cause])',
      "[ 'AbortError', 'why' ]",
    ],
    [
      'refuses options that are none, with the same error',
      'await require("timers/promises").setTimeout(1, 0, 5).catch((error) => error.code)',
      "'ERR_INVALID_ARG_TYPE'",
    ],
    [
      'does not wait for a promise that is unref’d',
      'await Promise.race([require("timers/promises").setTimeout(1, "x", { ref: false }), new Promise((resolve) => setTimeout(resolve, 1e3))])',
      "'x'",
    ],
  ];
  for (const [what, code, expected] of same) {
    it(`leave setTimeout as it is: it ${what}`, async () => assert.equal(await session.text(code), expected));
  }
});
