import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../helpers/eventually.ts';
import { isAlive } from '../../helpers/processes.ts';
import { commandOf, interpreters, Session } from './session.ts';

const POOL = 'import multiprocessing as mp\ndef double(x): return 2 * x\n';

for (const interpreter of await interpreters()) {
  describe(`processes on Python ${interpreter.version}`, () => {
    it('children inherit no descriptor of the protocol, and fork and spawn work', async () => {
      const session = await Session.start(interpreter);
      const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-python-'));
      const file = path.join(folder, 'spawned.py');
      await writeFile(file, POOL);
      try {
        assert.equal(
          await session.text(
            'import subprocess, sys\nsubprocess.run([sys.executable, "-c", "import os; print(sorted(map(int, os.listdir(\'/dev/fd\'))))"], stdout=-1, text=True).stdout.strip()',
          ),
          "'[0, 1, 2, 3]'",
        );
        assert.equal(
          await session.text(`${POOL}with mp.get_context("fork").Pool(2) as pool: out = pool.map(double, [1, 2])\nout`),
          '[2, 4]',
        );
        assert.equal(
          await session.text(
            `${POOL}with mp.get_context("spawn").Pool(1) as pool: out = pool.map(double, [1, 2])\nout`,
            { path: file },
          ),
          '[2, 4]',
        );
        const forked = await session.run(
          'import os\npid = os.fork()\nif pid == 0: print("child"); display(1)\nelse: os.waitpid(pid, 0)\n5',
        );
        assert.equal(forked.text, '5');
        assert.match(forked.stdout, /^child\n$/);
        assert.match(forked.stderr, /BrokenPipeError: This process is a fork/);
        assert.equal(forked.displays.length, 0);
        assert.equal(await session.text('os.getpid() != pid'), 'True');
      } finally {
        await session.stop();
        await rm(folder, { recursive: true });
      }
    });

    it('shutdown ends children, runs atexit and exits with 0', async () => {
      const session = await Session.start(interpreter);
      const child = await session.text(
        'import atexit, subprocess\natexit.register(print, "bye")\nsubprocess.Popen(["sleep", "60"], start_new_session=True).pid',
      );
      assert.deepEqual(await session.worker.stop(), { code: 0, signal: null });
      assert.match(session.worker.stdout.text(null), /bye/);
      await eventually(async () => assert.equal(await isAlive(Number(child)), false));
    });

    for (const [name, code] of [
      ['idle', 'pass'],
      ['in a loop', 'while True:\n  try: pass\n  except: pass'],
      ['in C code that holds the GIL', 'sum(range(10**11))'],
      ['in an await', 'import asyncio\nawait asyncio.sleep(60)'],
    ] as const) {
      it(`nothing is left when the backend is killed while a worker is ${name}`, async () => {
        const { executable, args } = await commandOf(interpreter);
        const parent = spawn(process.execPath, [path.join(import.meta.dirname, 'parent.ts'), executable, ...args], {
          stdio: ['pipe', 'pipe', 'inherit'],
        });
        parent.stdin.end(
          `import subprocess\nchild = subprocess.Popen(["sleep", "60"])\nprint("\\npids", __import__("os").getpid(), child.pid, flush=True)\n${code}`,
        );
        let told = '';
        for await (const chunk of parent.stdout.setEncoding('utf8')) {
          told += chunk;
          if (/pids \d+ \d+\n/.test(told)) break;
        }
        const pids = (/pids (\d+) (\d+)\n/.exec(told) ?? []).slice(1).map(Number);
        assert.equal(pids.length, 2, told);
        parent.kill('SIGKILL');
        if (parent.exitCode === null && parent.signalCode === null) await once(parent, 'exit');
        await eventually(async () => assert.deepEqual(await Promise.all(pids.map(isAlive)), [false, false]));
      });
    }
  });
}
