import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { CheckpointStore } from '../../../backend/durable/checkpoints/checkpoint-store.ts';
import type { CheckpointManifest } from '../../../backend/protocol/checkpoint.ts';

const MB = 2 ** 20;
const EMPTY: CheckpointManifest = { variables: [], definitions: [], imports: [], groups: [] };

describe('the store of checkpoints', () => {
  let folder: string;
  beforeEach(async () => {
    gone = [];
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-checkpoints-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  let gone: string[];
  const removed = (checkpointIds: readonly string[]) => gone.push(...checkpointIds);
  const open = (maxBytes = 10 * MB, changed = () => {}) =>
    new CheckpointStore(folder, { maxBytes: () => maxBytes, changed, removed });
  const blobs = () => readdir(path.join(folder, 'blobs'));

  function store(
    to: CheckpointStore,
    parts: readonly Buffer[],
    name: string | null = null,
    manifest = EMPTY,
    sessionId: string = randomUUID(),
  ) {
    return to.add({
      name,
      sessionId,
      sessionName: 'python',
      language: 'python',
      version: '3.12.1',
      manifest,
      parts,
    });
  }

  const add = (to: CheckpointStore, name: string, fill: number) => store(to, [Buffer.alloc(100_000, fill)], name);

  async function bytesOnDisk(): Promise<number> {
    const names = await readdir(folder, { recursive: true });
    const stats = await Promise.all(names.map((name) => stat(path.join(folder, name))));
    return stats.reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);
  }

  it('keeps the parts of a checkpoint that a newer version wrote', async () => {
    const { checkpointId } = await add(open(), 'newer', 1);
    const file = path.join(folder, `${checkpointId}.checkpoint`);
    const content = await readFile(file, 'latin1');
    const newer = content.replace('holdfast-checkpoint 1', 'holdfast-checkpoint 2');
    assert.notEqual(newer, content);
    await writeFile(file, newer, 'latin1');

    const store = open();
    const other = await add(store, 'other', 2);
    await store.remove(other.checkpointId);
    assert.deepEqual(await store.list(), []);

    await writeFile(file, content, 'latin1');
    assert.deepEqual(await open().parts(checkpointId, [0]), [Buffer.alloc(100_000, 1)]);
  });

  it('deletes the parts of a checkpoint that was never finished', async () => {
    await add(open(), 'whole', 1);
    const [whole] = await blobs();
    await writeFile(path.join(folder, 'blobs', 'a'.repeat(64)), 'left by a backend that was killed');
    await open().list();
    assert.deepEqual(await blobs(), [whole]);
  });

  it('does not replace a key that cannot be read', async () => {
    await add(open(), 'mine', 1);
    const key = path.join(folder, 'key');
    await rm(key);
    await symlink('key', key);
    await assert.rejects(open().list(), { code: 'unavailable', message: /ELOOP/ });
    assert.ok((await readdir(folder)).includes('key'));
    await assert.rejects(readFile(key), { code: 'ELOOP' });
  });

  it('gives another name to a checkpoint, which keeps its parts and stays our own', async () => {
    const parts = [Buffer.alloc(100_000, 1), Buffer.from('small')];
    const { checkpointId } = await store(open(), parts);
    await add(open(), 'taken', 2);
    await assert.rejects(open().rename(checkpointId, 'taken'), { code: 'conflict' });
    const renamed = await open().rename(checkpointId, 'mine');
    assert.deepEqual((await open().read(checkpointId)).info, renamed);
    assert.deepEqual([renamed.name, renamed.foreign], ['mine', false]);
    assert.deepEqual(await open().parts(checkpointId, [0, 1]), parts);
    assert.deepEqual(await open().parts(checkpointId, [1]), parts.slice(1));
    await assert.rejects(open().parts(checkpointId, [2]), { code: 'invalid' });
    await assert.rejects(open().rename(randomUUID(), 'nobody'), { code: 'not_found' });
  });

  it('stores one that made itself once while nothing changes', async () => {
    const checkpoints = open();
    const parts = [Buffer.alloc(100_000, 1)];
    const sessionId = randomUUID();
    const lock = { name: 'lock', type: 'lock', how: 'not_stored', bytes: 0, reason: 'It is one.' } as const;
    const withLock = { ...EMPTY, variables: [lock] };
    const own = (some: readonly Buffer[], manifest = EMPTY) => store(checkpoints, some, null, manifest, sessionId);
    const first = await own(parts, withLock);
    assert.deepEqual(await own(parts), first);
    await store(checkpoints, parts, 'by a person', EMPTY, sessionId);
    const other = await own([Buffer.alloc(100_000, 2)]);
    const again = await own(parts);
    const lacking = await own(parts, withLock);
    const ids = (await checkpoints.list()).filter(({ name }) => name === null).map(({ checkpointId }) => checkpointId);
    assert.deepEqual(new Set(ids), new Set([other, again, lacking].map(({ checkpointId }) => checkpointId)));
  });

  it('tells when there is one more, one fewer, or another name, and not when it is only read', async () => {
    let told = 0;
    const checkpoints = open(10 * MB, () => told++);
    const { checkpointId } = await add(checkpoints, 'first', 1);
    assert.equal(told, 1);
    await checkpoints.rename(checkpointId, 'second');
    assert.equal(told, 2);
    await checkpoints.rename(checkpointId, 'second');
    await checkpoints.list();
    await checkpoints.parts(checkpointId, [0]);
    assert.equal(told, 2);
    await checkpoints.remove(checkpointId);
    assert.equal(told, 3);
  });

  describe('that has no room', () => {
    it('takes the oldest that made themselves away, no more than needed', async () => {
      const checkpoints = open(3 * MB);
      for (const name of [null, 'kept', null]) await store(checkpoints, [randomBytes(MB * 0.9)], name);
      const [newest, kept, oldest] = await checkpoints.list();
      const made = await store(checkpoints, [randomBytes(MB * 0.9)]);
      assert.deepEqual(await checkpoints.list(), [made, newest, kept]);
      assert.deepEqual(gone, [oldest?.checkpointId]);
    });

    it('leaves all that there are when one can never fit', async () => {
      const checkpoints = open(MB);
      await store(checkpoints, [randomBytes(300_000)], 'named');
      await store(checkpoints, [randomBytes(300_000)]);
      const before = await checkpoints.list();
      await assert.rejects(store(checkpoints, [randomBytes(800_000)]), { code: 'unavailable', message: /no room/ });
      assert.deepEqual(await checkpoints.list(), before);
    });

    it('leaves all that there are when their parts could not go, because one cannot be read', async () => {
      await store(open(), [randomBytes(800_000)]);
      await writeFile(path.join(folder, 'other.checkpoint'), 'holdfast-checkpoint 2\n');
      const checkpoints = open(MB);
      await assert.rejects(store(checkpoints, [randomBytes(800_000)]), { code: 'unavailable', message: /no room/ });
      assert.equal((await checkpoints.list()).length, 1);
    });

    it('counts small parts', async () => {
      const checkpoints = open(MB);
      for (let round = 0; round < 8; round++) {
        await store(
          checkpoints,
          Array.from({ length: 10 }, () => randomBytes(30_000)),
        );
        assert.ok((await bytesOnDisk()) <= MB, `${await bytesOnDisk()} bytes`);
      }
      assert.equal((await checkpoints.list()).length, 3);
    });

    it('counts what a checkpoint says of its variables', async () => {
      const checkpoints = open(MB);
      const text = 'x'.repeat(200_000);
      const definitions = [{ name: 'f', text, file: 'a.py', path: null, line: 1 }];
      for (let round = 0; round < 8; round++) await store(checkpoints, [], null, { ...EMPTY, definitions });
      assert.ok((await bytesOnDisk()) <= MB, `${await bytesOnDisk()} bytes`);
      assert.equal((await checkpoints.list()).length, 5);
    });
  });
});
