import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Durable, type DurableOptions } from '../../../backend/durable/durable.ts';
import { DEFAULT_RETENTION, EmbeddedNetwork } from '../../../backend/durable/embedded-network.ts';
import { JournalFiles } from '../../../backend/durable/journal/files.ts';
import { encodeHeader, FileKind, FORMAT_VERSION } from '../../../backend/durable/journal/record.ts';
import { recover } from '../../../backend/durable/recovery.ts';
import { writeSnapshot } from '../../../backend/durable/snapshot.ts';
import { StateMachine } from '../../../backend/durable/state-machine.ts';
import { temporaryFolder } from '../../helpers/durable/networks.ts';
import { eventually } from '../../helpers/eventually.ts';
import { linux, where } from '../../helpers/where.ts';

const HOUR = 3_600_000;
/** On a small disk. */
const small = where(process.platform === 'linux' && process.getuid?.() === 0, 'mounting needs root on Linux');

describe('the embedded network', () => {
  let folder: string;
  const opened = new Set<Durable>();

  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    for (const durable of opened) await durable.close();
    opened.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(options: Partial<DurableOptions> = {}): Promise<Durable> {
    const durable = await Durable.open({ network: { kind: 'embedded', folder }, ...options });
    opened.add(durable);
    return durable;
  }

  async function close(durable: Durable): Promise<void> {
    opened.delete(durable);
    await durable.close();
  }

  it('is the same after a restart: promises, values, work that waits, and what is replayed equals what was', async () => {
    const first = await open();
    first.register('ask', async (context) => context.external<string>(HOUR).outcome);
    first.start();
    await first.execute('job', 'ask', [], { timeoutMs: HOUR });
    await first.create('done', { timeoutMs: HOUR, data: 1 });
    await first.settle('done', 'resolve', 2);
    while (!(await first.get('job:0'))) await new Promise(setImmediate);
    await close(first);
    const kept = readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))] as const);

    const second = await open();
    assert.deepEqual((await second.get('done'))?.value, 2);
    const runs: string[] = [];
    second.register('ask', async (context) => {
      runs.push(context.id);
      return context.external<string>(HOUR).outcome;
    });
    second.start();
    await second.settle('job:0', 'resolve', 'yes');
    assert.equal((await second.wait('job')).value, 'yes');
    assert.deepEqual(runs, ['job']);
    await close(second);

    // The same files give the same state, however often.
    const states = [0, 1].map(() => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      for (const [name, bytes] of kept) writeFileSync(path.join(folder, name), bytes);
      return JSON.stringify(recoverOnly(folder).copy());
    });
    assert.equal(states[0], states[1]);
  });

  it('hands out work only once functions are registered', async () => {
    const first = await open();
    first.register('late', async () => 'ran');
    await first.execute('job', 'late', [], { timeoutMs: HOUR });
    await close(first);

    const refused: string[] = [];
    const second = await open({ log: (line) => refused.push(line) });
    // Longer than the first delivery takes: it would be refused.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(refused, []);
    second.register('late', async () => 'ran');
    second.start();
    assert.equal((await second.wait('job')).value, 'ran');
  });

  it('work whose function is gone comes back slower each time, and writes hardly anything', async () => {
    const first = await open();
    first.register('gone', async () => 'ran');
    await first.execute('job', 'gone', [], { timeoutMs: HOUR });
    await close(first);

    const refused: string[] = [];
    const second = await open({ log: (line) => refused.push(line) });
    second.start();
    // 50, 100 and 200 ms after the first attempt; without the pause it is thousands.
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.ok(refused.length > 0, 'it was tried');
    assert.ok(bytesIn(folder) < 20_000, `${bytesIn(folder)} bytes were written`);
  });

  it('settles a value once, also across a snapshot, and keeps the previous one in case the newest is damaged', async () => {
    const durable = await open({ network: { kind: 'embedded', folder, snapshotBytes: 4096 } });
    for (let n = 0; n < 60; n++) await durable.create(`p${n}`, { timeoutMs: HOUR, data: n });
    await durable.embedded?.snapshot();
    await close(durable);
    const snapshots = readdirSync(folder).filter((name) => name.startsWith('snapshot'));
    assert.equal(snapshots.length, 2);
    const newest = path.join(folder, snapshots.sort().at(-1) ?? '');
    const bytes = readFileSync(newest);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(newest, bytes);

    const again = await open();
    for (let n = 0; n < 60; n++) assert.equal((await again.get(`p${n}`))?.data, n);
    assert.equal(again.embedded?.recovered.damaged.length, 1);
  });

  it('keeps only so many settled promises, and each that is pending', async () => {
    const retention = { maxAgeMs: HOUR, maxCount: 5 };
    const durable = await open({ network: { kind: 'embedded', folder, retention } });
    for (let n = 0; n < 20; n++) {
      await durable.create(`p${n}`, { timeoutMs: HOUR });
      if (n >= 4) await durable.settle(`p${n}`, 'resolve', n);
    }
    await durable.embedded?.snapshot();
    const found = await Promise.all(Array.from({ length: 20 }, (_, n) => durable.get(`p${n}`)));
    const kept = found.flatMap((promise, n) => (promise ? [n] : []));
    assert.deepEqual(kept, [0, 1, 2, 3, 15, 16, 17, 18, 19]);
    await close(durable);
    assert.equal((await open()).embedded?.promises, 9);
  });

  it('keeps of settled promises as many bytes as it may, the newest', () => {
    const machine = new StateMachine();
    const data = 'x'.repeat(1000);
    for (let n = 0; n < 10; n++) {
      const id = `p${n}`;
      machine.apply(n, { kind: 'promise.create', data: { id, timeoutAt: 1e15, param: { data }, tags: {} } });
      if (n < 2) continue;
      machine.apply(n, { kind: 'promise.settle', data: { id, state: 'resolved', value: { data } } });
    }
    machine.trim(10, { maxAgeMs: HOUR, maxCount: 100, maxBytes: 7000 });
    assert.deepEqual(
      machine.search(10, {}).promises.map(({ id }) => id),
      ['p0', 'p1', 'p7', 'p8', 'p9'],
    );
  });

  it('keeps children of a root that is pending, and drops what is old', () => {
    const machine = new StateMachine();
    const create = (id: string, origin: string, now: number) =>
      machine.apply(now, {
        kind: 'promise.create',
        data: { id, timeoutAt: 1e15, param: {}, tags: { 'resonate:origin': origin } },
      });
    create('root', 'root', 0);
    create('root:0', 'root', 0);
    create('old', 'old', 0);
    create('new', 'new', 0);
    for (const [id, now] of [
      ['root:0', 10],
      ['old', 10],
      ['new', 1000],
    ] as const) {
      machine.apply(now, { kind: 'promise.settle', data: { id, state: 'resolved', value: {} } });
    }
    machine.trim(1500, { maxAgeMs: 1000, maxCount: 100 });
    assert.deepEqual(
      machine.search(1500, {}).promises.map(({ id }) => id),
      ['new', 'root', 'root:0'],
    );
  });

  it('is refused to a second process, and free again when the first is gone', async () => {
    const durable = await open();
    await assert.rejects(open(), { code: 'locked', message: new RegExp(`process ${process.pid}`) });
    await durable.create('p', { timeoutMs: HOUR });
    await close(durable);
    // A process that is gone without a word, and one whose pid is another's now.
    for (const owner of [
      { pid: 4_000_000, began: '1' },
      { pid: process.pid, began: 'long ago' },
    ]) {
      writeFileSync(path.join(folder, 'owner.json'), JSON.stringify(owner));
      const again = await open();
      assert.ok(await again.get('p'));
      await close(again);
    }
  });

  linux('is free when the one who had it is dead but not yet reaped', async () => {
    // The sleep takes the shell's place and knows nothing of the child that it has, which ends after that.
    const parent = spawn('sh', ['-c', 'cat <&3 & echo $!; exec sleep 30 3<&-'], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    try {
      const pid = Number(String((await once(parent.stdout as Readable, 'data'))[0]));
      await eventually(() => assert.equal(readFileSync(`/proc/${parent.pid}/comm`, 'latin1'), 'sleep\n'));
      (parent.stdio[3] as Writable).end();
      const stat = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
      await eventually(() => assert.equal(stat()[0], 'Z'));
      writeFileSync(path.join(folder, 'owner.json'), JSON.stringify({ pid, began: stat()[19] }));
      await open();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('refuses files of a newer version in words and leaves them as they are', async () => {
    await close(await open());
    for (const [name, kind] of [
      ['journal-00000001', FileKind.journal],
      ['snapshot-00000001', FileKind.snapshot],
    ] as const) {
      const file = path.join(folder, name);
      writeFileSync(file, encodeHeader(kind, FORMAT_VERSION + 1));
      await assert.rejects(open(), {
        code: 'newer_version',
        message: /newer Holdfast.*Update Holdfast, or move that folder away/,
      });
      assert.deepEqual(readFileSync(file), encodeHeader(kind, FORMAT_VERSION + 1));
      rmSync(file);
    }
  });

  small('stops at the first write that fails: nothing is acknowledged, and what waits is told', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
    try {
      const failures: string[] = [];
      const durable = await open({ onFailure: (error) => failures.push(error.code) });
      await durable.create('waits', { timeoutMs: HOUR });
      const waiting = assert.rejects(durable.wait('waits'), { code: 'storage', message: /disk is full/ });
      let acknowledged = 0;
      await assert.rejects(
        async () => {
          for (; acknowledged < 1000; acknowledged++) {
            await durable.create(`p${acknowledged}`, { timeoutMs: HOUR, data: 'x'.repeat(4096) });
          }
        },
        { code: 'storage', message: /disk is full/ },
      );
      await waiting;
      await assert.rejects(durable.get('waits'), { code: 'storage' });
      assert.deepEqual(failures, ['storage']);
      assert.equal(durable.failure?.code, 'storage');
      await close(durable);

      const again = recoverOnly(folder);
      assert.ok(again.size > acknowledged, 'every acknowledged promise is there');
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  it('notices that its folder was deleted', async () => {
    const failures: string[] = [];
    const durable = await open({ onFailure: (error) => failures.push(error.message) });
    await durable.create('p', { timeoutMs: HOUR });
    rmSync(folder, { recursive: true });
    await assert.rejects(durable.create('q', { timeoutMs: HOUR }), { code: 'storage', message: /was deleted/ });
    assert.equal(failures.length, 1);
  });

  it('goes on from its own time when the clock was set back', async () => {
    let wall = 1_000_000_000_000;
    let elapsed = 0;
    const time = { wall: () => wall, elapsed: () => elapsed };
    const options = {
      folder,
      retention: DEFAULT_RETENTION,
      snapshotBytes: 1e9,
      onFailure: () => {},
      onWarning: () => {},
      time,
    };
    const first = await EmbeddedNetwork.open(options);
    await first.send({
      kind: 'promise.create',
      head: { corrId: '1', version: '1' },
      data: { id: 'p', timeoutAt: wall + 60_000, param: {}, tags: {} },
    });
    await first.stop();
    wall -= 10 * HOUR;
    const second = await EmbeddedNetwork.open(options);
    assert.equal(second.now(), 1_000_000_000_000);
    elapsed += 59_999;
    assert.equal(await stateOf(second), 'pending');
    elapsed += 1;
    assert.equal(await stateOf(second), 'rejected_timedout');
    wall += 20 * HOUR;
    assert.equal(second.now(), wall);
    await second.stop();
  });

  it('writes nothing while nothing happens', async () => {
    const durable = await open();
    durable.register('ask', async (context) => context.external<string>(HOUR).outcome);
    durable.start();
    await durable.execute('job', 'ask', [], { timeoutMs: HOUR });
    await durable.create('prompt', { timeoutMs: HOUR });
    const waiting = durable.wait('prompt');
    while (!(await durable.get('job:0'))) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = stamps(folder);
    // Longer than any tick, and than the touch of a file lock.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.deepEqual(stamps(folder), before);
    await durable.settle('prompt', 'resolve');
    await waiting;
    assert.notDeepEqual(stamps(folder), before);
  });

  it('opens with 100,000 promises, all of them there', async function () {
    this.timeout(60_000);
    const machine = new StateMachine();
    for (let n = 0; n < 100_000; n++) {
      machine.apply(1, {
        kind: 'promise.create',
        data: {
          id: `p${n}`,
          timeoutAt: Date.now() + HOUR,
          param: { data: 'IjEi' },
          tags: { 'resonate:external': 'true' },
        },
      });
    }
    const files = new JournalFiles(folder);
    await writeSnapshot(files.snapshot(1), 1, machine.copy());
    closeSync(files.open(1, true));
    const durable = await open();
    assert.equal(durable.embedded?.promises, 100_000);
    assert.equal((await durable.get('p99999'))?.state, 'pending');
  });
});

function stamps(folder: string): string[] {
  return readdirSync(folder).map((name) => {
    const { size, mtimeMs } = statSync(path.join(folder, name));
    return `${name} ${size} ${mtimeMs}`;
  });
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
}

async function stateOf(network: EmbeddedNetwork): Promise<string> {
  const answer = await network.send({ kind: 'promise.get', head: { corrId: '1', version: '1' }, data: { id: 'p' } });
  return (answer.data as { promise: { state: string } }).promise.state;
}

function recoverOnly(folder: string): StateMachine {
  const { machine, fd } = recover(new JournalFiles(folder));
  closeSync(fd);
  return machine;
}
