import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Pool } from '../../backend/sessions/pool.ts';
import { PoolSeat } from '../../backend/sessions/pool-seat.ts';
import { WarmWorker } from '../../backend/sessions/warm-worker.ts';
import type { WorkerProcess } from '../../backend/sessions/worker-process.ts';
import type { WorkerSpec } from '../../backend/sessions/worker-spec.ts';
import { languages } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { eventually } from '../helpers/eventually.ts';
import { isAlive } from '../helpers/processes.ts';
import { interpreters } from '../helpers/python-interpreters.ts';
import { commandOf, Told } from '../helpers/started-worker.ts';

const GIB = 1024 ** 3;
// Asked here, so that no test's time goes into it.
await interpreters();

describe('the pool of waiting workers', () => {
  let folder: string;
  let maxMemory: number;
  let pool: Pool;
  /** Workers that a test has taken. */
  let taken: { readonly worker: WorkerProcess; readonly told: Told }[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-pool-'));
    await mkdir(path.join(folder, 'cwd'));
    await mkdir(path.join(folder, 'site-packages'));
    maxMemory = GIB;
    pool = new Pool(() => ({ maxMemory }));
    taken = [];
  });
  afterEach(async () => {
    await pool.close();
    for (const { worker, told } of taken) {
      worker.kill();
      await told.exit;
    }
    await rm(folder, { recursive: true });
  });

  async function specOf(id: LanguageId, env: Record<string, string> = {}): Promise<WorkerSpec> {
    const plain = await commandOf(id);
    const command = { ...plain, env: { ...plain.env, ...env } };
    return { command, cwd: path.join(folder, 'cwd'), watched: [path.join(folder, 'site-packages')] };
  }

  const pids = () => pool.waiting.map(({ pid }) => pid);

  /** A session of that kind begins and rests. @returns the process id of the worker that waits from now on. */
  async function warm(spec: WorkerSpec): Promise<number> {
    pool.use(spec);
    pool.rested(spec);
    return lastReady();
  }

  function lastReady(): Promise<number> {
    return eventually(() => {
      const last = pool.waiting.at(-1);
      assert.ok(last?.pid && last.ready);
      return last.pid;
    });
  }

  function take(spec: WorkerSpec): Told | undefined {
    const worker = pool.take(spec);
    if (!worker) return undefined;
    const told = new Told();
    taken.push({ worker, told });
    worker.adopt(told);
    return told;
  }

  const gone = (pid: number) => eventually(async () => assert.equal(await isAlive(pid), false));

  for (const { id, label } of languages) {
    it(`hands over a ready ${label} worker, which answers`, async () => {
      const spec = await specOf(id);
      const pid = await warm(spec);
      const told = take(spec);
      assert.ok(told);
      assert.ok(told.messages.some(({ type }) => type === 'ready'));
      assert.equal(taken[0]?.worker.pid, pid);
      assert.equal(await told.run(taken[0].worker, id, '1 + 1'), '2');
    });
  }

  it('hands each worker over once, and has another one when the session rests', async () => {
    const spec = await specOf('python');
    const first = await warm(spec);
    assert.ok(take(spec));
    assert.equal(take(spec), undefined);
    pool.rested(spec);
    const told = await eventually(() => {
      const one = take(spec);
      assert.ok(one);
      return one;
    });
    await told.ready();
    assert.notEqual(taken[1]?.worker.pid, first);
  });

  it('keeps one worker of a kind, however many sessions use it', async () => {
    const spec = await specOf('python');
    const first = await warm(spec);
    for (let session = 0; session < 3; session++) await warm(spec);
    assert.deepEqual(pids(), [first]);
  });

  it('has none for another environment, folder or argument', async () => {
    const spec = await specOf('python');
    await warm(spec);
    assert.equal(take(await specOf('python', { HOLDFAST_TEST: '1' })), undefined);
    assert.equal(take({ ...spec, cwd: folder }), undefined);
    const command = { ...spec.command, args: ['-X', 'dev', ...spec.command.args] };
    assert.equal(take({ ...spec, command }), undefined);
    assert.ok(take(spec));
  });

  it('hands over none that started before a package was installed', async () => {
    const spec = await specOf('python');
    const pid = await warm(spec);
    await writeFile(path.join(folder, 'site-packages/new.pth'), '');
    assert.equal(take(spec), undefined);
    await gone(pid);
  });

  it('hands over none whose folder has been replaced', async () => {
    const spec = await specOf('python');
    const pid = await warm(spec);
    await rename(spec.cwd, path.join(folder, 'old'));
    await mkdir(spec.cwd);
    assert.equal(take(spec), undefined);
    await gone(pid);
  });

  it('hands over none that has been killed, and starts another one with the next session', async () => {
    const spec = await specOf('python');
    const pid = await warm(spec);
    process.kill(pid, 'SIGKILL');
    await eventually(() => assert.deepEqual(pids(), []));
    assert.equal(take(spec), undefined);
    pool.rested(spec);
    const seat = new PoolSeat(pool);
    assert.equal(seat.take(spec), undefined);
    seat.rested();
    assert.notEqual(await lastReady(), pid);
  });

  it('takes one that does not speak any more for useless', async () => {
    const host = { heartbeat() {}, failed() {} };
    const worker = new WarmWorker(await specOf('python'), host);
    const pid = await eventually(() => {
      assert.ok(worker.ready && worker.process.pid);
      return worker.process.pid;
    });
    assert.equal(worker.usable, true);
    process.kill(pid, 'SIGSTOP');
    await eventually(() => assert.equal(worker.usable, false));
    await worker.kill();
  });

  it('tries a worker that dies on its start only once', async () => {
    const script = path.join(folder, 'dies.py');
    await writeFile(script, `open(${JSON.stringify(path.join(folder, 'starts'))}, "a").write("x")`);
    const plain = await specOf('python');
    const dying = { ...plain, command: { ...plain.command, args: [script] } };
    pool.use(dying);
    pool.rested(dying);
    await eventually(async () => assert.ok(await size(path.join(folder, 'starts'))));
    await eventually(() => assert.deepEqual(pids(), []));
    pool.rested(dying);
    // As long as another one would take.
    const spec = await specOf('python');
    await warm(spec);
    assert.equal(pool.take(dying), undefined);
    assert.equal(await size(path.join(folder, 'starts')), 1);
  });

  it('gives what a worker wrote while it waited to its session', async () => {
    await writeFile(path.join(folder, 'sitecustomize.py'), 'print("from the start", flush=True)');
    const spec = await specOf('python', { PYTHONPATH: folder });
    await warm(spec);
    assert.equal(take(spec)?.written.stdout, 'from the start\n');
  });

  it('keeps none that writes more than a little while it waits', async () => {
    const marker = path.join(folder, 'started');
    const program = `open(${JSON.stringify(marker)}, "w").write("x")\nprint("x" * 200_000, flush=True)`;
    await writeFile(path.join(folder, 'sitecustomize.py'), program);
    const spec = await specOf('python', { PYTHONPATH: folder });
    pool.use(spec);
    pool.rested(spec);
    await eventually(async () => assert.ok(await size(marker)));
    await eventually(() => assert.deepEqual(pids(), []));
    assert.equal(pool.take(spec), undefined);
  });

  it('ends the longest unused when all together take more memory than they may', async () => {
    const [one, other] = [await specOf('python'), await specOf('python', { HOLDFAST_TEST: '2' })];
    const first = await warm(one);
    const memory = await eventually(() => {
      assert.ok(pool.waiting[0]?.memory);
      return pool.waiting[0].memory;
    });
    maxMemory = memory * 1.5;
    pool.use(other);
    pool.rested(other);
    await gone(first);
    assert.equal(take(one), undefined);
    assert.ok(take(other));
  });

  it('keeps none when it may take no memory', async () => {
    const spec = await specOf('python');
    const pid = await warm(spec);
    maxMemory = 0;
    pool.update();
    await gone(pid);
    pool.rested(spec);
    assert.equal(pool.take(spec), undefined);
  });

  it('ends the waiting worker with the last session of its kind', async () => {
    const spec = await specOf('python');
    const pid = await warm(spec);
    pool.use(spec);
    pool.forget(spec);
    assert.deepEqual(pids(), [pid]);
    pool.forget(spec);
    await gone(pid);
    pool.rested(spec);
    assert.equal(pool.take(spec), undefined);
  });

  it('gives the waiting worker to a session that starts another one, and follows it to another environment', async () => {
    const [spec, other] = [await specOf('python'), await specOf('python', { HOLDFAST_TEST: '3' })];
    const seat = new PoolSeat(pool);
    assert.equal(seat.take(spec), undefined);
    seat.rested();
    seat.rested();
    const pid = await lastReady();
    const worker = seat.take(spec);
    assert.equal(worker?.pid, pid);
    const told = new Told();
    taken.push({ worker, told });
    worker.adopt(told);
    seat.rested();
    const next = await lastReady();
    assert.notEqual(next, pid);
    assert.equal(seat.take(other), undefined);
    await gone(next);
    seat.rested();
    await lastReady();
    seat.leave();
    assert.deepEqual(pids(), []);
  });

  it('leaves no process when it closes, also none that is on its start', async () => {
    const [spec, other] = [await specOf('python'), await specOf('javascript')];
    const pid = await warm(spec);
    pool.use(other);
    pool.rested(other);
    await eventually(() => assert.equal(pids().length, 2));
    await pool.close();
    assert.equal(await isAlive(pid), false);
    assert.deepEqual(pids(), []);
    pool.rested(spec);
    assert.equal(pool.take(spec), undefined);
  });
});

async function size(file: string): Promise<number> {
  return stat(file).then(
    ({ size: bytes }) => bytes,
    () => 0,
  );
}
