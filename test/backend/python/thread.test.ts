import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CancelRung } from '../../../backend/protocol/values.ts';
import { timesUpTo } from '../../helpers/patient-ladder.ts';
import type { Cell } from '../../helpers/worker-process.ts';
import { climb, printedReady, READY } from './cancelling.ts';
import { interpreters, Session } from './session.ts';

const THREAD = 'import threading\nthreading.current_thread() is not threading.main_thread()';

const NESTED = `def g():\n  while True:\n    try:\n      ${READY}\n      for _ in range(10**6): len("")\n    except BaseException: continue\ndef h():\n  while True:\n    try: g()\n    except: pass\nh()`;

/** Cells on the executor thread that end inside the process, and the rungs that may end them. */
const cases: readonly (readonly [name: string, code: string, ...rungs: CancelRung[]])[] = [
  ['a loop', `${READY}\nwhile True: pass`, 'interrupt'],
  ['a flood', `${READY}\nwhile True: print("x")`, 'interrupt'],
  ['a flood of displays', `${READY}\nwhile True: display(1)`, 'cooperative', 'interrupt'],
  ['many short sleeps', `import time\n${READY}\nwhile True: time.sleep(0.01)`, 'interrupt'],
  ['subprocess.run', `import subprocess\n${READY}\nsubprocess.run(["sleep", "60"])`, 'interrupt'],
  [
    'a child that ignores the interrupt',
    `import subprocess\n${READY}\nsubprocess.Popen(["sh", "-c", "trap : INT; while :; do sleep 60; done"]).communicate()`,
    'interrupt',
    'children',
  ],
  [
    'asyncio.run on that thread',
    `import asyncio\nasync def main():\n  ${READY}\n  await asyncio.sleep(60)\nasyncio.run(main())`,
    'interrupt',
  ],
  ['an endless repr', `class R:\n  def __repr__(self):\n    ${READY}\n    while True: pass\nR()`, 'interrupt'],
  [
    'bare excepts around work',
    `import time\nwhile True:\n  try:\n    ${READY}\n    for _ in range(10**6): time.sleep(0)\n  except: pass`,
    'force',
  ],
  [
    'bare excepts around displays',
    `while True:\n  try:\n    ${READY}\n    while True: display(1)\n  except: pass`,
    'force',
  ],
  ['bare excepts around questions', `while True:\n  try:\n    ${READY}\n    input()\n  except: pass`, 'force'],
  ['bare excepts in nested functions', NESTED, 'force'],
];

for (const interpreter of await interpreters()) {
  describe(`the executor thread on Python ${interpreter.version}`, () => {
    let session: Session;
    before(async () => {
      session = await Session.start(interpreter);
      await session.run('import asyncio, sqlite3, threading, time\nkept = 41');
    });
    after(() => session.stop());

    const run = (code: string, options: Partial<Cell> = { thread: 'always' }) =>
      session.execute(code, undefined, options).finished;

    for (const [name, code, options, threaded, mode] of [
      ['a blocking cell when blocking cells are to', 'time.sleep(0)\n', { thread: 'blocking' }, true, 'blocking_sync'],
      ['a simple cell when blocking cells are to', '', { thread: 'blocking' }, false, 'simple_sync'],
      ['any cell that is told to', '', { thread: 'always' }, true, 'simple_sync'],
      ['a cell that awaits, never', 'await asyncio.sleep(0)\n', { thread: 'always' }, false, 'top_level_await'],
      ['a blocking cell that is not to', 'time.sleep(0)\n', { thread: 'never' }, false, 'blocking_sync'],
      ['a cell said to be blocking', '', { thread: 'blocking', mode: 'blocking_sync' }, true, 'blocking_sync'],
      [
        'a cell said to be simple',
        'time.sleep(0)\n',
        { thread: 'blocking', mode: 'simple_sync' },
        false,
        'simple_sync',
      ],
    ] as const) {
      it(`runs there: ${name}`, async () => {
        const finished = await run(`${code}${THREAD}`, options);
        assert.deepEqual([finished.text, finished.mode], [threaded ? 'True' : 'False', mode]);
      });
    }

    it('lets background tasks tick while its cell blocks', async () => {
      await session.run(
        'ticks = 0\nasync def tick():\n  global ticks\n  while True:\n    ticks += 1\n    await asyncio.sleep(0.001)\nticker = asyncio.create_task(tick())\nawait asyncio.sleep(0)',
      );
      const finished = await run('before = ticks\nwhile ticks < before + 20: time.sleep(0.01)');
      assert.equal(finished.status, 'succeeded');
      await session.run('ticker.cancel()');
    });

    it('can hand coroutines to the loop and wait for them', async () => {
      await session.run('loop = asyncio.get_running_loop()\nasync def two(): return 2');
      assert.equal((await run('asyncio.run_coroutine_threadsafe(two(), loop).result()')).text, '2');
      assert.equal((await run('asyncio.run(two())')).text, '2');
    });

    it('is one thread for all cells: a database connection goes on in the next', async () => {
      await run('db = sqlite3.connect(":memory:")\ndb.execute("create table t (x)");');
      assert.equal((await run('db.execute("select count(*) from t").fetchone()')).text, '(0,)');
      assert.equal((await session.run('db.execute("select 1")')).error?.name, 'ProgrammingError');
    });

    it('gives values, history, output and changes of the namespace as the main thread does', async () => {
      const finished = await run('print("said")\nfresh = 6\ndisplay(1)\nfresh * 7');
      assert.deepEqual([finished.text, finished.stdout, finished.displays.length], ['42', 'said\n', 1]);
      assert.deepEqual(
        finished.namespace[0]?.changed.map(({ name }) => name),
        ['fresh'],
      );
      assert.equal(await session.text('_ + 1'), '43');
      assert.equal((await run('fresh;')).text, null);
    });

    it('shows the frames of the person only', async () => {
      const { error } = await run('def f(): return 1 / 0\nf()');
      assert.deepEqual(
        error?.frames.map((frame) => [frame.line, frame.function]),
        [
          [2, '<module>'],
          [1, 'f'],
        ],
      );
      assert.doesNotMatch(error?.traceback ?? '', /holdfast|threading/);
    });

    it('ends a cell that exits, and not the session', async () => {
      const { error } = await run('import sys\nsys.exit(3)');
      assert.equal(error?.name, 'SystemExit');
      assert.equal(await session.text('_exit_code'), '3');
    });

    it('shares the context variables of the session', async () => {
      await session.run('import contextvars\nvar = contextvars.ContextVar("var", default=0)\nvar.set(1);');
      assert.equal((await run('seen = var.get()\nvar.set(2)\nseen')).text, '1');
      assert.equal(await session.text('await asyncio.sleep(0)\nvar.get()'), '2');
    });

    it('asks the person, with its line', async () => {
      const execution = session.executeOnThread('\nname = input("Who? ")\nname');
      const request = await session.worker.next('capability_request');
      assert.deepEqual([request.executionId, request.location?.line], [execution.id, 2]);
      const answer = { status: 'answered', value: 'Ada' } as const;
      session.worker.send({ type: 'capability_response', requestId: request.requestId, answer });
      assert.equal((await execution.finished).text, "'Ada'");
    });

    it('is cancelled while it asks; an answer that comes later is dropped', async () => {
      const execution = session.executeOnThread('input()');
      const { requestId } = await session.worker.next('capability_request');
      session.cancel(execution.id);
      const { status, rung } = await execution.finished;
      assert.deepEqual([status, rung], ['cancelled', 'cooperative']);
      session.worker.send({ type: 'capability_response', requestId, answer: { status: 'answered', value: 'late' } });
      assert.equal((await run('kept + 1')).text, '42');
    });

    for (const [name, code, ...rungs] of cases) {
      it(`is cancelled in ${name}`, async () => {
        const execution = session.executeOnThread(code);
        await printedReady(session, execution.id);
        const { status, rung, error } = await climb(session, execution, timesUpTo(rungs));
        assert.equal(status, 'cancelled', error?.traceback);
        assert.ok(rung !== null && rungs.includes(rung), `by ${rung}`);
        assert.equal((await run('kept + 1')).text, '42');
        assert.equal(await session.text('kept + 1'), '42');
      });
    }

    it('is cancelled in bare excepts beside hundreds of other processes', async () => {
      const many = spawn('sh', ['-c', 'for n in $(seq 300); do sleep 60 & done; echo there; wait'], { detached: true });
      try {
        await once(many.stdout, 'data');
        const execution = session.executeOnThread(NESTED);
        await printedReady(session, execution.id);
        assert.equal((await climb(session, execution, timesUpTo(['force']))).rung, 'force');
        assert.equal(await session.text('kept + 1'), '42');
      } finally {
        if (many.pid) process.kill(-many.pid, 'SIGKILL');
      }
    });

    it('leaves the program its switch interval after a cancel, also one that the cell has set', async () => {
      const cancelled = async (before: string) => {
        const execution = session.executeOnThread(`import sys\n${before}\n${READY}\nwhile True: pass`);
        await printedReady(session, execution.id);
        await climb(session, execution, timesUpTo(['interrupt']));
        return await session.text('sys.getswitchinterval()');
      };
      assert.equal(await cancelled(''), '0.005');
      assert.equal(await cancelled('sys.setswitchinterval(0.25)'), '0.25');
      await session.run('sys.setswitchinterval(0.005)');
    });

    it('a cancel is not heard by the next cell', async () => {
      for (let index = 0; index < 50; index++) {
        const first = session.executeOnThread('for _ in range(20): display(_)');
        session.cancel(first.id);
        const { status } = await first.finished;
        assert.ok(status === 'succeeded' || status === 'cancelled');
        assert.equal((await run('kept')).text, '41');
      }
    });

    it('a background task that holds up the loop is interrupted with the cell', async () => {
      const execution = session.executeOnThread(
        `hogging = threading.Event()\nasync def hog():\n  hogging.set()\n  ${READY}\n  while True: pass\n` +
          'asyncio.run_coroutine_threadsafe(hog(), loop); hogging.wait();',
      );
      await printedReady(session, execution.id);
      assert.equal((await climb(session, execution, timesUpTo(['force']))).status, 'cancelled');
      assert.equal(await session.text('kept'), '41');
    });

    it('forks are processes of their own', async () => {
      const finished = await run(
        'import os\npid = os.fork()\nif pid == 0:\n  print("child")\n  raise SystemExit(7)\nos.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])',
      );
      assert.deepEqual([finished.text, finished.stdout], ['7', 'child\n']);
    });
  });
}
