import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EarlyWorker } from '../../backend/sessions/early-worker.ts';
import type { WorkerSpec } from '../../backend/sessions/worker-spec.ts';
import { eventually } from '../helpers/eventually.ts';
import { isAlive } from '../helpers/processes.ts';
import { commandOf, Told } from '../helpers/started-worker.ts';

describe('a worker that is started while its interpreter is asked', () => {
  let folder: string;
  let spec: WorkerSpec;
  /** Executables that a worker was to be started for. */
  let started: string[];
  let early: EarlyWorker;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hf-early-'));
    const command = await commandOf('python');
    // Says which process it is as soon as it runs.
    await writeFile(
      path.join(folder, 'sitecustomize.py'),
      `import os\nopen(${JSON.stringify(path.join(folder, 'pids'))}, 'a').write(f'{os.getpid()}\\n')\n`,
    );
    spec = { command: { ...command, env: { ...command.env, PYTHONPATH: folder } }, cwd: folder, watched: ['/x'] };
    started = [];
    early = new EarlyWorker((executable) => {
      started.push(executable);
      return { ...spec, command: { ...spec.command, executable } };
    });
  });
  afterEach(async () => {
    early.end();
    await rm(folder, { recursive: true, force: true });
  });

  const pid = () =>
    eventually(async () => {
      const text = await readFile(path.join(folder, 'pids'), 'utf8');
      assert.match(text, /^\d+\n$/);
      return Number(text);
    });

  it('is the one that the session would start, and answers', async () => {
    await early.begin(spec.command.executable);
    assert.equal(started.length, 1);
    const worker = early.take(spec);
    assert.ok(worker);
    const told = new Told();
    worker.adopt(told);
    await told.ready();
    assert.equal(await told.run(worker, 'python', '6 * 7'), '42');
    assert.equal(early.take(spec), undefined);
    worker.kill();
    await told.exit;
  });

  it('is ended when the answer leads to another worker', async () => {
    await early.begin(spec.command.executable);
    assert.equal(started.length, 1);
    const process = await pid();
    assert.equal(early.take({ ...spec, cwd: os.tmpdir() }), undefined);
    await eventually(async () => assert.equal(await isAlive(process), false));
  });

  it('is ended when there is no session for it', async () => {
    await early.begin(spec.command.executable);
    assert.equal(started.length, 1);
    const process = await pid();
    early.end();
    await eventually(async () => assert.equal(await isAlive(process), false));
  });

  it('is not started for a script, which stands for another program, nor for a second candidate', async () => {
    const script = path.join(folder, 'python3');
    await writeFile(script, '#!/bin/sh\nexec python3 "$@"\n');
    await chmod(script, 0o755);
    await early.begin(script);
    await early.begin(spec.command.executable);
    assert.equal(early.take(spec), undefined);
    assert.deepEqual(started, []);
  });
});
