import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { CheckpointStore } from '../../../backend/durable/checkpoints/checkpoint-store.ts';

const MB = 2 ** 20;
const EMPTY = { variables: [], definitions: [], imports: [], groups: [] };

describe('the store of checkpoints', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-checkpoints-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const open = () => new CheckpointStore(folder, () => 10 * MB);
  const blobs = () => readdir(path.join(folder, 'blobs'));

  function add(store: CheckpointStore, name: string, fill: number) {
    return store.add({
      name,
      sessionId: 'session',
      sessionName: 'python',
      language: 'python',
      version: '3.12.1',
      manifest: EMPTY,
      parts: [Buffer.alloc(100_000, fill)],
    });
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
    const { parts } = await open().load(checkpointId);
    assert.deepEqual(parts, [Buffer.alloc(100_000, 1)]);
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
});
