import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CancelRung } from '../../../backend/protocol/values.ts';
import { timesUpTo } from '../../helpers/patient-ladder.ts';
import { climb, printedReady, READY } from './cancelling.ts';
import { interpreters, Session } from './session.ts';

/** Cells that end inside the process, and the rungs that may end them. */
const cases: readonly (readonly [name: string, code: string, ...rungs: CancelRung[]])[] = [
  ['a loop', `${READY}\nwhile True: pass`, 'interrupt'],
  ['sleep', `import time\n${READY}\ntime.sleep(60)`, 'interrupt'],
  ['a suspended await', `import asyncio\n${READY}\nawait asyncio.sleep(60)`, 'cooperative', 'interrupt'],
  ['a loop in an await cell', `import asyncio\nawait asyncio.sleep(0)\n${READY}\nwhile True: pass`, 'interrupt'],
  [
    'a background task that holds up the loop',
    `import asyncio\nasync def hog():\n  ${READY}\n  while True: pass\ntask = asyncio.create_task(hog())\nawait asyncio.sleep(60)`,
    'interrupt',
  ],
  [
    'asyncio.run',
    `import asyncio\nasync def main():\n  ${READY}\n  await asyncio.sleep(60)\nasyncio.run(main())`,
    'interrupt',
  ],
  ['a lock', `import threading\nlock = threading.Lock(); lock.acquire()\n${READY}\nlock.acquire()`, 'interrupt'],
  [
    'thread.join',
    `import threading, time\nt = threading.Thread(target=time.sleep, args=(2,), daemon=True); t.start()\n${READY}\nt.join()`,
    'interrupt',
  ],
  ['queue.get', `import queue\n${READY}\nqueue.Queue().get()`, 'interrupt'],
  [
    'accept',
    `import socket\ns = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()\n${READY}\ns.accept()`,
    'interrupt',
  ],
  ['subprocess.run', `import subprocess\n${READY}\nsubprocess.run(["sleep", "60"])`, 'interrupt'],
  ['os.system, which swallows the interrupt', `import os\n${READY}\nos.system("sleep 60")`, 'interrupt'],
  [
    'a child that ignores the interrupt',
    `import subprocess\n${READY}\nsubprocess.Popen(["sh", "-c", "trap : INT; while :; do sleep 60; done"]).communicate()`,
    'interrupt',
    'children',
  ],
  [
    'a child in a session of its own, behind os.system',
    `import os\nos.system("setsid -w sh -c 'echo ready; exec sleep 60'")`,
    'children',
  ],
  [
    'a finally that takes its time',
    `import time\ntry:\n  ${READY}\n  time.sleep(60)\nfinally: time.sleep(0.1)`,
    'interrupt',
  ],
  ['a flood', `${READY}\nwhile True: print("x")`, 'interrupt'],
  ['an endless repr', `class R:\n  def __repr__(self):\n    ${READY}\n    while True: pass\nR()`, 'interrupt'],
  [
    'an endless error',
    `class E(Exception):\n  def __str__(self):\n    ${READY}\n    while True: pass\nraise E`,
    'interrupt',
  ],
  [
    'code that swallows KeyboardInterrupt once',
    `import time\ntry:\n  ${READY}\n  time.sleep(60)\nexcept KeyboardInterrupt: pass\ntime.sleep(60)`,
    'interrupt',
    'force',
  ],
  [
    'bare excepts around sleep',
    `import time\nwhile True:\n  try:\n    ${READY}\n    time.sleep(30)\n  except: pass`,
    'force',
  ],
  [
    'bare excepts in nested functions',
    `import time\ndef g():\n  while True:\n    try:\n      ${READY}\n      time.sleep(30)\n    except BaseException: continue\ndef h():\n  while True:\n    try: g()\n    except: pass\nh()`,
    'force',
  ],
  [
    'bare excepts inside a finally',
    `import time\ntry:\n  while True:\n    try:\n      ${READY}\n      time.sleep(30)\n    except: pass\nfinally: done = 1`,
    'force',
  ],
  [
    'a context manager that swallows',
    `import time\nclass S:\n  def __enter__(self): pass\n  def __exit__(self, *a): return True\nwhile True:\n  with S():\n    ${READY}\n    time.sleep(30)`,
    'force',
  ],
  [
    'bare excepts around displays',
    `while True:\n  try:\n    ${READY}\n    while True: display(1)\n  except: pass`,
    'force',
    'interrupt',
  ],
  ['bare excepts around questions', `while True:\n  try:\n    ${READY}\n    input()\n  except: pass`, 'force'],
  [
    'a coroutine that swallows CancelledError',
    `import asyncio\nwhile True:\n  try:\n    ${READY}\n    await asyncio.sleep(30)\n  except asyncio.CancelledError: pass`,
    'force',
    // It may be caught between two awaits: a KeyboardInterrupt passes this `except`.
    'interrupt',
  ],
  ['a catastrophic regexp', `import re\n${READY}\nre.match(r"(a+)+$", "a" * 40 + "b")`, 'interrupt'],
  [
    'a catastrophic regexp in an await cell',
    `import asyncio, re\nawait asyncio.sleep(0)\n${READY}\nre.match(r"(a+)+$", "a" * 40 + "b")`,
    'interrupt',
  ],
  [
    'bare excepts around catastrophic regexps',
    `import re\nwhile True:\n  try:\n    ${READY}\n    re.match(r"(a+)+$", "a" * 40 + "b")\n  except: pass`,
    'force',
  ],
  [
    'recursion that goes on after RecursionError',
    `def deeper():\n  try: deeper()\n  except RecursionError: deeper()\n${READY}\ndeeper()`,
    'interrupt',
    'force',
  ],
  [
    'a coroutine that swallows everything',
    `import asyncio\nwhile True:\n  try:\n    ${READY}\n    await asyncio.sleep(30)\n  except: pass`,
    'force',
  ],
];

const run = promisify(execFile);
const script = path.join(import.meta.dirname, 'check_force.py');
const workerFolder = path.join(import.meta.dirname, '../../../backend/workers/python/worker');

for (const interpreter of await interpreters()) {
  describe(`cancel on Python ${interpreter.version}`, () => {
    let session: Session;
    const begin = async () => {
      session = await Session.start(interpreter);
      await session.run('kept = 41');
    };
    before(begin);
    after(() => session.stop());

    const ends = async (code: string, rungs: readonly CancelRung[]) => {
      const execution = session.execute(code);
      await printedReady(session, execution.id);
      const { status, rung, error } = await climb(session, execution, timesUpTo(rungs));
      assert.equal(status, 'cancelled', error?.traceback);
      assert.ok(rung !== null && rungs.includes(rung), `by ${rung}`);
      assert.equal(await session.text('kept + 1'), '42');
    };

    for (const [name, code, ...rungs] of cases) {
      it(`ends ${name}`, async () => {
        try {
          await ends(code, rungs);
        } catch (error) {
          await session.stop();
          await begin();
          throw error;
        }
      });
    }

    it('is not heard by the next cell, nor by one that has ended', async () => {
      for (let index = 0; index < 50; index++) {
        const first = session.execute('pass');
        session.cancel(first.id);
        const { status } = await first.finished;
        assert.ok(status === 'succeeded' || status === 'cancelled');
        assert.equal(await session.text('kept'), '41');
      }
      session.cancel('no-such-execution');
      assert.equal(await session.text('kept'), '41');
    });

    it('takes back what has not begun', async () => {
      const running = session.execute('import time\ntime.sleep(60)');
      await running.started;
      const waiting = session.execute('kept = 0');
      const told = session.worker.next('error', ({ executionId }) => executionId === waiting.id);
      session.cancel(waiting.id);
      assert.equal((await told).cancelled, 'queued');
      session.cancel(running.id);
      assert.equal((await running.finished).status, 'cancelled');
      assert.equal((await waiting.finished).rung, 'queued');
      assert.equal(await session.text('kept'), '41');
    });

    // The system tells when a process was started to a hundredth of a second.
    it("ends what the cell started and spares an earlier cell's server in a session of its own", async () => {
      await session.run(
        'import subprocess\nserver = subprocess.Popen(["sleep", "60"], start_new_session=True)\nimport time; time.sleep(0.03)',
      );
      const execution = session.execute(
        `child = subprocess.Popen(["sleep", "60"], start_new_session=True)\n${READY}\nchild.wait()\nchild.returncode`,
      );
      await printedReady(session, execution.id);
      session.worker.send({ type: 'interrupt', executionId: execution.id, rung: 'children' });
      const { status, rung } = await execution.finished;
      assert.deepEqual([status, rung], ['cancelled', 'children']);
      assert.equal(await session.text('server.poll(), child.returncode'), '(None, -9)');
      await session.run('server.kill(); server.wait()');
    });

    const [, minor = 0] = interpreter.version.split('.').map(Number);
    if (minor >= 12) {
      it('by force is armed again by the next signal, wherever that cuts the arming short', async () => {
        const { stdout } = await run(interpreter.path, ['-B', script, workerFolder]);
        const told = stdout.trim().split('\n');
        const places = told.slice(0, -1).map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
        assert.ok(places.length >= 6, stdout);
        assert.deepEqual(
          places.filter(({ ended }) => ended !== true),
          [],
        );
        assert.equal(told.at(-1), '{"held": []}');
      });
    }

    it('a nudge that comes with no cancel changes nothing, whatever the session does', async () => {
      for (const code of ['import time\ntime.sleep(0.05)\n42', 'import asyncio\nawait asyncio.sleep(0.05)\n42', '42']) {
        const execution = session.execute(code);
        session.worker.nudge();
        await execution.started;
        session.worker.nudge();
        assert.equal((await execution.finished).text, '42');
        session.worker.nudge();
      }
      assert.equal(await session.text('kept'), '41');
    });

    it('a question that is ended by force is given up, so that nobody is asked any more', async () => {
      for (let index = 0; index < 5; index++) {
        const asked = session.worker.next('capability_request');
        const execution = session.execute('input()');
        const { requestId } = await asked;
        session.worker.send({ type: 'interrupt', executionId: execution.id, rung: 'force' });
        session.worker.nudge();
        assert.equal((await execution.finished).status, 'cancelled');
        const given = session.worker.messages.filter(({ type }) => type === 'capability_abandoned').at(-1);
        assert.equal(given?.type === 'capability_abandoned' && given.requestId, requestId);
      }
      assert.equal(await session.text('kept'), '41');
    });

    it("a signal that is not the engine's interrupts the cell as in any Python", async () => {
      const { status, error } = await session.run(
        'import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nfor _ in range(10**6): pass',
      );
      assert.deepEqual([status, error?.name], ['failed', 'KeyboardInterrupt']);
    });
  });
}
