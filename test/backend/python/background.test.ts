import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackgroundTask } from '../../../backend/protocol/values.ts';
import type { Of } from '../../helpers/worker-process.ts';
import { interpreters, Session } from './session.ts';

/** An answer tells within 200 ms what it can: on a busy machine a task that is about to end is only `requested` by then, but hardly each time. */
const IN_TIME = 3;

for (const interpreter of await interpreters()) {
  describe(`background tasks on Python ${interpreter.version}`, () => {
    let session: Session;
    beforeEach(async () => {
      session = await Session.start(interpreter);
      await session.run('import asyncio, threading, time\nasync def forever(): await asyncio.Event().wait()');
    });
    afterEach(() => session.stop());

    const told = (fits: (message: Of<'tasks_changed'>) => boolean = () => true) =>
      session.worker.next('tasks_changed', fits);
    const shown = ({ tasks }: Of<'tasks_changed'>) => tasks.map(({ kind, name }) => `${kind} ${name}`);

    /** Runs a cell that leaves one thing running. */
    async function left(code: string): Promise<BackgroundTask> {
      const listed = told();
      await session.text(code);
      const { tasks } = await listed;
      assert(tasks[0] && tasks.length === 1, `one task is listed: ${JSON.stringify(tasks)}`);
      return tasks[0];
    }

    async function cancel(taskId: number): Promise<string> {
      const answer = session.worker.next('task_cancelled');
      const id = session.worker.send({ type: 'cancel_task', taskId });
      const { replyTo, status } = await answer;
      assert.equal(replyTo, id);
      return status;
    }

    it('lists tasks, timers and threads with the execution that started them, the oldest first', async () => {
      const listed = told();
      const { executionId, text } = await session.run(
        'first = asyncio.create_task(forever())\nnamed = asyncio.create_task(forever()); named.set_name("watcher")\n' +
          'later = asyncio.get_running_loop().call_later(60, print, "late")\n' +
          'def work(): time.sleep(60)\nthread = threading.Thread(target=work, name="worker", daemon=True); thread.start()\n' +
          'timer = threading.Timer(60, work); timer.daemon = True; timer.start()\nthreading.active_count()',
      );
      assert.ok(text);
      const message = await listed;
      assert.deepEqual(shown(message), ['task forever', 'task watcher', 'timer print', 'thread worker', 'timer work']);
      assert.equal(message.total, 5);
      for (const task of message.tasks) {
        assert.equal(task.executionId, executionId);
        assert.ok(Math.abs(task.since - Date.now()) < 10_000);
      }
      const after = told();
      await session.run('first.cancel()');
      const rest = await after;
      assert.deepEqual(
        rest.tasks.map(({ taskId }) => taskId),
        message.tasks.slice(1).map(({ taskId }) => taskId),
      );
    });

    it("does not list what has ended, asyncio's own timers, idle pools, nor the engine's threads", async () => {
      // The pool's thread may be on its way out of the function that has just ended.
      const listed = told(({ total }) => total === 1);
      await session.executeOnThread('time.sleep(0)').finished;
      await session.run(
        'await asyncio.to_thread(len, "") if hasattr(asyncio, "to_thread") else None\nawait asyncio.create_task(asyncio.sleep(0))\n' +
          'async def naps(): await asyncio.sleep(60)\nnapping = asyncio.create_task(naps())\nawait asyncio.sleep(0)',
      );
      assert.deepEqual(shown(await listed), ['task naps']);
    });

    it('tells that a task, a timer and a thread ended while the session was idle', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-background-'));
      try {
        await session.run(
          'import os\ndef until(end):\n  while not os.path.exists(end): time.sleep(0.01)\n' +
            'async def awaited(end):\n  while not os.path.exists(end): await asyncio.sleep(0.01)',
        );
        for (const [index, code] of [
          'done = asyncio.create_task(awaited(end))',
          'threading.Timer(0, until, [end]).start()',
          'threading.Thread(target=until, args=(end,)).start()',
          // Nothing but time ends it: more than the look that lists it takes.
          'asyncio.get_running_loop().call_later(2, len, "");',
        ].entries()) {
          const end = path.join(folder, String(index));
          const none = told(({ total }) => total === 0);
          await left(`end = ${JSON.stringify(end)}\n${code}`);
          await writeFile(end, '');
          await none;
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('says nothing while a cell runs, and nothing when there is nothing to say', async () => {
      await session.run('1 + 1');
      const listing = told();
      const running = session.execute('quick = asyncio.create_task(forever())\ntime.sleep(0.3)');
      await running.finished;
      const listed = await listing;
      const ended = session.worker.messages.findIndex(
        (message) => message.type === 'result' && message.executionId === running.id,
      );
      assert.equal(listed.total, 1);
      assert.ok(session.worker.messages.findIndex(({ type }) => type === 'tasks_changed') > ended);
    });

    it('is bounded, and tells how many there are', async () => {
      const listed = told();
      await session.run('many = [asyncio.create_task(forever()) for _ in range(200)]');
      const { tasks, total } = await listed;
      assert.deepEqual([tasks.length, total], [50, 200]);
      assert.ok(tasks.every(({ taskId }, index) => index === 0 || taskId > (tasks[index - 1]?.taskId ?? 0)));
    });

    it('cancels a task', async function () {
      this.retries(IN_TIME);
      const { taskId } = await left('task = asyncio.create_task(forever())');
      assert.equal(await cancel(taskId), 'cancelled');
      assert.equal(await session.text('task.cancelled()'), 'True');
      assert.equal(await cancel(taskId), 'gone');
      assert.equal(await cancel(taskId + 1), 'gone');
    });

    it('requests it of a task that swallows the cancel', async () => {
      const { taskId } = await left(
        'async def stubborn():\n  while True:\n    try: await asyncio.sleep(60)\n    except asyncio.CancelledError: pass\ntask = asyncio.create_task(stubborn())\nawait asyncio.sleep(0)',
      );
      assert.equal(await cancel(taskId), 'requested');
      assert.equal(await session.text('task.done()'), 'False');
    });

    it('cancels a timer of the loop and one with a thread', async function () {
      this.retries(IN_TIME);
      const later = await left('asyncio.get_running_loop().call_later(60, print, "late");');
      const none = told(({ total }) => total === 0);
      assert.equal(await cancel(later.taskId), 'cancelled');
      await none;
      const timer = await left('timer = threading.Timer(60, print, ["late"]); timer.start()');
      assert.equal(await cancel(timer.taskId), 'cancelled');
      assert.equal(await session.text('timer.join()\ntimer.is_alive()'), 'False');
    });

    it('requests it of a thread, also of a timer whose function runs', async () => {
      const spin =
        'begun = threading.Event(); ended = threading.Event()\n' +
        'def spin():\n  try:\n    begun.set()\n    while True: time.sleep(0.01)\n  finally: ended.set()\n';
      for (const start of ['threading.Thread(target=spin).start()', 'threading.Timer(0, spin).start()']) {
        const none = told(({ total }) => total === 0);
        const { taskId } = await left(`${spin}${start}\nbegun.wait();`);
        assert.equal(await cancel(taskId), 'requested');
        assert.equal(await session.text('ended.wait()'), 'True');
        await none;
      }
    });

    it('works while a cell awaits, and while one runs on the executor thread', async function () {
      this.retries(IN_TIME);
      for (const code of ['await asyncio.wait([task])', 'while not task.done(): time.sleep(0.01)']) {
        const none = told(({ total }) => total === 0);
        const { taskId } = await left('task = asyncio.create_task(forever())');
        const running = session.execute(`${code}\ntask.cancelled()`, undefined, { thread: 'blocking' });
        await running.started;
        assert.equal(await cancel(taskId), 'cancelled');
        assert.equal((await running.finished).text, 'True');
        await none;
      }
    });

    it('is requested while a cell blocks the loop, and done when that has ended', async () => {
      const { taskId } = await left('task = asyncio.create_task(forever())');
      const asked = session.worker.next('capability_request');
      const running = session.execute('input()');
      const { requestId } = await asked;
      assert.equal(await cancel(taskId), 'requested');
      session.worker.send({ type: 'capability_response', requestId, answer: { status: 'answered', value: '' } });
      await running.finished;
      assert.equal(await session.text('await asyncio.sleep(0)\ntask.cancelled()'), 'True');
    });

    it('frees an idle session from a task that holds up its loop', async () => {
      const listed = told();
      await session.run(
        'async def hog():\n  await asyncio.sleep(0.3)\n  print("hogging", flush=True)\n  while True: pass\ntask = asyncio.create_task(hog())',
      );
      const [task] = (await listed).tasks;
      while (!session.worker.stdout.text(null).includes('hogging')) {
        await new Promise((resolve) => session.worker.process.stdout?.once('data', resolve));
      }
      assert.equal(await cancel(task?.taskId ?? 0), 'requested');
      assert.equal(await session.text('task.done()'), 'True');
    });

    it("calls none of the person's code", async () => {
      const listed = told();
      const { stdout } = await session.run(
        'class Spy:\n  def touched(self, *a):\n    print("touched", a)\n    return "spy"\n  __repr__ = __str__ = __getattr__ = __eq__ = touched\n  __hash__ = object.__hash__\n  def __call__(self): print("called")\n' +
          'asyncio.get_running_loop().call_later(60, Spy());',
      );
      assert.deepEqual(shown(await listed), ['timer Spy']);
      assert.equal(stdout + session.worker.stdout.text(null), '');
    });
  });
}
