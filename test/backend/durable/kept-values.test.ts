import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { KeptValues } from '../../../backend/durable/kept-values.ts';
import { makeTemporary } from '../../../scripts/lib/temporary.ts';

const MAX_BYTES = 100_000;
/** Five of them are as much as there may be. */
const VALUE_BYTES = 20_000;
/** Of the event loop: in so many a value is deleted before, while and after it is read. */
const TURNS = 60;
const NOTHING = new Uint8Array(0);

describe('large values', () => {
  let folder: string;
  let values: KeptValues;
  /** Set by hand: the clock of a file system is too coarse to tell values apart that come one after the other. */
  let second = 0;
  beforeEach(async () => {
    folder = await makeTemporary('holdfast-values');
    values = new KeptValues(folder, MAX_BYTES);
    second = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** What does not become smaller. */
  const large = () => randomBytes(VALUE_BYTES);

  async function put(bytes: Uint8Array, into = values): Promise<string> {
    const hash = await into.put(bytes);
    assert.ok(hash);
    second++;
    for (const name of await readdir(folder)) {
      if (name.startsWith(hash)) await utimes(path.join(folder, name), second, second);
    }
    return hash;
  }

  async function onDisk(): Promise<{ names: string[]; bytes: number }> {
    const names = await readdir(folder);
    const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size));
    return { names: names.sort(), bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  it('give way when there are too many, the oldest first, and leave nothing behind', async () => {
    const all: { hash: string; bytes: Uint8Array }[] = [];
    const counts: number[] = [];
    while (all.length < 12) {
      const bytes = large();
      all.push({ hash: await put(bytes), bytes });
      const { names, bytes: taken } = await onDisk();
      assert.ok(taken <= MAX_BYTES, `${taken} bytes`);
      const newest = all.slice(-names.length);
      assert.deepEqual(names, newest.map(({ hash }) => hash).sort());
      for (const kept of newest) assert.deepEqual(Buffer.from(await values.get(kept.hash)), kept.bytes);
      for (const gone of all.slice(0, -names.length)) assert.deepEqual(await values.get(gone.hash), NOTHING);
      counts.push(names.length);
    }
    assert.deepEqual(counts, [1, 2, 3, 4, 5, 4, 5, 4, 5, 4, 5, 4]);
  });

  it('are new again when they come again', async () => {
    const bytes = large();
    const hash = await put(bytes);
    const next = await put(large());
    for (let n = 0; n < 3; n++) await put(large());
    assert.equal(await put(bytes), hash);
    await put(large());
    assert.deepEqual(Buffer.from(await values.get(hash)), bytes);
    assert.deepEqual(await values.get(next), NOTHING);
  });

  it('count as what they take on disk', async () => {
    const hashes: string[] = [];
    for (let n = 0; n < 20; n++) hashes.push(await put(Buffer.alloc(VALUE_BYTES, `value ${n} `)));
    assert.deepEqual((await onDisk()).names, hashes.map((hash) => `${hash}.gz`).sort());
  });

  it('of an earlier backend give way too', async () => {
    const earlier = new KeptValues(folder);
    const hashes: string[] = [];
    for (let n = 0; n < 8; n++) hashes.push(await put(large(), earlier));
    hashes.push(await put(large()));
    assert.deepEqual((await onDisk()).names, hashes.slice(-5).sort());
  });

  it('are kept and give way also when something there cannot be deleted', async () => {
    const foreign = path.join(folder, 'folder');
    await mkdir(foreign);
    await utimes(foreign, 0, 0);
    const hashes: string[] = [];
    for (let n = 0; n < 12; n++) hashes.push(await put(large()));
    const kept = (await onDisk()).names.filter((name) => name !== 'folder');
    assert.ok(kept.length < 5);
    assert.deepEqual(kept, hashes.slice(-kept.length).sort());
  });

  it('give way again once what could not be deleted is gone', async () => {
    const foreign = path.join(folder, 'folder');
    await mkdir(foreign);
    await utimes(foreign, 0, 0);
    for (let n = 0; n < 7; n++) await values.put(large());
    await rmdir(foreign);
    for (let n = 0; n < 7; n++) await put(large());
    assert.ok((await onDisk()).bytes <= MAX_BYTES);
  });

  it('that come again while others give way are kept', async () => {
    for (const left of [24, 12, 6]) {
      const earlier = new KeptValues(folder);
      const oldest = large();
      await put(oldest, earlier);
      while (readdirSync(folder).length < 25) await put(large(), earlier);
      const later = new KeptValues(folder, MAX_BYTES);
      let trimmed = false;
      const other = later.put(large()).finally(() => {
        trimmed = true;
      });
      // The oldest goes last.
      while (!trimmed && readdirSync(folder).length > left) await setImmediate();
      const hash = await later.put(oldest);
      assert.ok(hash);
      await other;
      assert.equal((await later.get(hash)).length, VALUE_BYTES, `when ${left} were left`);
    }
  });

  it('are nothing, and no error, when they give way while they are read', async () => {
    for (let round = 0; round < TURNS; round++) {
      const hash = await put(large());
      const reading = values.get(hash);
      for (let turn = 0; turn < round; turn++) await setImmediate();
      rmSync(path.join(folder, hash));
      assert.ok([0, VALUE_BYTES].includes((await reading).length));
    }
  });
});
