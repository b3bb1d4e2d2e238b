import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { closePipes, OutputPipeMaker } from '../../backend/sessions/worker-pipes.ts';
import { WorkerProcess } from '../../backend/sessions/worker-process.ts';
import { languages } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { eventually } from '../helpers/eventually.ts';
import { interpreters } from '../helpers/python-interpreters.ts';
import { commandOf, type StartedWorker, startWorker, Told } from '../helpers/started-worker.ts';

const SHELL = 'echo to out > /dev/stdout; echo to err > /dev/stderr';
const CHILD: Readonly<Record<LanguageId, string>> = {
  python: `import subprocess\n_ = subprocess.run(${JSON.stringify(SHELL)}, shell=True, check=True)`,
  javascript: `require('child_process').execFileSync('/bin/sh', ['-c', ${JSON.stringify(SHELL)}], { stdio: 'inherit' }); 0`,
};
const OPEN: Readonly<Record<LanguageId, string>> = {
  python: 'for name in ("out", "err"):\n    with open(f"/dev/std{name}", "a") as file: print(name, file=file)',
  javascript: 'for (const name of ["out", "err"]) require("fs").appendFileSync("/dev/std" + name, name + "\\n"); 0',
};
/** Writes 300,000 bytes to each stream: more than the pipes hold. */
const FLOOD: Readonly<Record<LanguageId, string>> = {
  python: 'import sys\nfor _ in range(300):\n    for f in (sys.stdout, sys.stderr): f.write("x" * 999 + "\\n")',
  javascript:
    'for (let i = 0; i < 300; i++) for (const fd of [1, 2]) require("fs").writeSync(fd, "x".repeat(999) + "\\n"); 0',
};

// Asked here, so that no test's time goes into it.
await interpreters();

describe('the process of a worker (not on Windows: it ends processes by signals)', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  for (const { id, label } of languages) {
    describe(label, () => {
      let started: StartedWorker;
      before(async () => {
        started = await startWorker(id);
      });
      after(async () => {
        started.worker.kill();
        await started.told.exit;
      });
      beforeEach(() => Object.assign(started.told.written, { stdout: '', stderr: '' }));

      it('a child of a cell can write to /dev/stdout and /dev/stderr', async () => {
        await started.told.run(started.worker, id, CHILD[id]);
        assert.deepEqual(started.told.written, { stdout: 'to out\n', stderr: 'to err\n' });
      });

      it('a cell can open /dev/stdout and /dev/stderr', async () => {
        await started.told.run(started.worker, id, OPEN[id]);
        assert.deepEqual(started.told.written, { stdout: 'out\n', stderr: 'err\n' });
      });

      it('nothing of a flood that was held for a while is lost', async () => {
        const { worker, told } = started;
        worker.hold(true);
        const end = told.run(worker, id, FLOOD[id]);
        setImmediate(() => worker.hold(false));
        await end;
        assert.deepEqual([told.written.stdout.length, told.written.stderr.length], [300_000, 300_000]);
      });
    });
  }

  it('that is killed before it runs is not started', async () => {
    const told = new Told();
    const worker = new WorkerProcess(await commandOf('python'), os.tmpdir(), told);
    worker.kill();
    const exit = await told.exit;
    assert.deepEqual([exit.signal, exit.fault, worker.pid], ['SIGKILL', null, undefined]);
    assert.deepEqual(told.messages, []);
  });

  it('that cannot be started says why', async () => {
    const told = new Told();
    new WorkerProcess({ executable: '/no/such/program', args: [], env: {} }, os.tmpdir(), told);
    assert.match((await told.exit).fault?.message ?? '', /ENOENT/);
  });

  it('tells the last of its standard error when it dies, also what its child wrote', async () => {
    const { worker, told } = await startWorker('python');
    void told.run(worker, 'python', 'import os\nos.system("echo last words >&2")\nos._exit(3)');
    const { code, stderrTail } = await told.exit;
    assert.deepEqual([code, stderrTail], [3, 'last words\n']);
  });
});

describe('the pipes for the output of workers (not on Windows: it has no named pipes in folders)', () => {
  let folder: string;
  let before: string | undefined;
  beforeEach(async function () {
    if (process.platform === 'win32') this.skip();
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-test-'));
    before = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(folder, { recursive: true, force: true });
  });

  it('leave nothing in the file system', async () => {
    const pipes = await new OutputPipeMaker().take();
    assert.ok(pipes);
    assert.deepEqual(await readdir(folder), []);
    closePipes(pipes);
  });

  it('leave nothing in the file system when this process ends while they are made', async () => {
    const url = new URL('../../backend/sessions/worker-pipes.ts', import.meta.url).href;
    const program = `import { outputPipes } from ${JSON.stringify(url)};
      import { readdirSync } from 'node:fs';
      outputPipes.prepare();
      const turn = () => readdirSync(${JSON.stringify(folder)}).length > 0 ? process.exit(7) : setImmediate(turn);
      turn();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    assert.equal(code, 7);
    // The program that makes them may still be at it.
    await eventually(async () => assert.deepEqual(await readdir(folder), []));
  });

  it('leave nothing in the file system when a process was killed while they were made, and another one begins', async () => {
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(child, 'exit');
    await mkdir(path.join(folder, `holdfast-pipes-${child.pid}-aB3dEf`));
    await writeFile(path.join(folder, `holdfast-pipes-${child.pid}-aB3dEf`, 'stdout'), '');
    await mkdir(path.join(folder, `holdfast-pipes-${process.ppid}-aB3dEf`));
    const maker = new OutputPipeMaker();
    maker.prepare();
    closePipes(await maker.take());
    await eventually(async () => assert.deepEqual(await readdir(folder), [`holdfast-pipes-${process.ppid}-aB3dEf`]));
  });

  it('made ahead are given to one taker only', async () => {
    const maker = new OutputPipeMaker();
    maker.prepare();
    const [one, other] = await Promise.all([maker.take(), maker.take()]);
    assert.ok(one && other);
    const all = [one, other].flatMap(({ stdout, stderr }) => [stdout, stderr]).flatMap((pipe) => Object.values(pipe));
    assert.equal(new Set(all).size, 8);
    for (const fd of all) closeSync(fd);
  });

  it('are none where the program that makes them is missing, and the worker runs without', async () => {
    assert.equal(await new OutputPipeMaker('/no/such/mkfifo').take(), null);
    assert.deepEqual(await readdir(folder), []);
    const told = new Told();
    const worker = new WorkerProcess(await commandOf('python'), os.tmpdir(), told, new OutputPipeMaker('/no/mkfifo'));
    await told.ready();
    await told.run(worker, 'python', 'print("here")');
    assert.equal(told.written.stdout, 'here\n');
    worker.kill();
    await told.exit;
  });
});
