import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DurablePromises } from '../../../backend/durable/durable-promises.ts';
import { ids } from '../../../backend/durable/ids.ts';
import type { CellIdentity } from '../../../backend/durable/steps/cell-identity.ts';
import { StepRecord, signatureOf } from '../../../backend/durable/steps/step-record.ts';
import { type NewStep, StepStore } from '../../../backend/durable/steps/step-store.ts';
import type { Level } from '../../../backend/protocol/security.ts';
import { makeTemporary } from '../../../scripts/lib/temporary.ts';

const CELL: CellIdentity = {
  cellId: 'a'.repeat(32),
  file: '/w/a.py',
  inFile: true,
  line: 3,
  heading: '# %% Load',
  language: 'python',
};
const LARGE = Buffer.alloc(100_000, 'abc');
const DAY = 24 * 60 * 60 * 1000;

const made = (name: string, bytes: Uint8Array, level: Level = 'trusted'): NewStep => ({
  ref: { name, key: null },
  level,
  type: 'int',
  format: 'pickle',
  parts: [bytes.length],
  seconds: 1,
});

describe('the store of finished steps', () => {
  let folder: string;
  let promises: DurablePromises;
  let changes = 0;
  beforeEach(async () => {
    folder = await makeTemporary('holdfast-steps');
    promises = new DurablePromises({ kind: 'embedded', folder: path.join(folder, 'promises') });
  });
  afterEach(async () => {
    await promises.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (maxBytes = 1_000_000) =>
    new StepStore({
      folder: path.join(folder, 'steps'),
      promises,
      maxBytes: () => maxBytes,
      changed: () => {
        changes++;
      },
    });
  const reopen = async () => {
    await promises.close();
    promises = new DurablePromises({ kind: 'embedded', folder: path.join(folder, 'promises') });
    return open();
  };
  const blobs = () => readdir(path.join(folder, 'steps/blobs')).catch(() => []);
  const get = async (store: StepStore, name: string, cell = CELL, level: Level = 'trusted') => {
    const found = await store.find(cell.cellId, { name, key: null }, level);
    return found && Buffer.from(await store.valueOf(found));
  };
  const names = async (store: StepStore) => (await store.list()).map(({ name }) => name);

  it('has small and large values after it was opened anew, and the large ones once', async () => {
    const store = open();
    await store.keep(CELL, made('small', Buffer.from('1')), Buffer.from('1'));
    await store.keep(CELL, made('large', LARGE), LARGE);
    await store.keep(CELL, made('same', LARGE), LARGE);
    assert.equal((await blobs()).length, 1);
    const again = await reopen();
    assert.deepEqual(await get(again, 'small'), Buffer.from('1'));
    assert.deepEqual(await get(again, 'same'), LARGE);
    assert.deepEqual(await names(again), ['same', 'large', 'small']);
    assert.equal(await get(again, 'other'), undefined);
  });

  it('has those of one millisecond in the order in which they were kept, also after it was opened anew', async () => {
    const store = open();
    const all = Array.from({ length: 10 }, (_, n) => `step ${n}`);
    await Promise.all(all.map((name) => store.keep(CELL, made(name, Buffer.from('1')), Buffer.from('1'))));
    assert.deepEqual(await names(store), all.toReversed());
    assert.deepEqual(await names(await reopen()), all.toReversed());
  });

  it('keeps the first of two values of a step, and one of a looser level instead of one of a stricter', async () => {
    const store = open();
    await store.keep(CELL, made('a', LARGE, 'restricted'), LARGE);
    await store.keep(CELL, made('a', LARGE, 'restricted'), Buffer.from('second'));
    assert.deepEqual(await get(store, 'a', CELL, 'restricted'), LARGE);
    assert.equal(await get(store, 'a', CELL, 'trusted'), undefined);
    await store.keep(CELL, made('a', Buffer.from('3')), Buffer.from('3'));
    assert.deepEqual(await get(store, 'a', CELL, 'restricted'), Buffer.from('3'));
    assert.deepEqual(await blobs(), []);
    assert.deepEqual(await names(await reopen()), ['a']);
  });

  it('forgets, with the blob, for good', async () => {
    const store = open();
    await store.keep(CELL, made('a', LARGE), LARGE);
    await store.keep(CELL, made('b', LARGE), LARGE);
    const before = changes;
    assert.equal(await store.forget(({ name }) => name === 'a'), 1);
    assert.ok(changes > before);
    assert.equal((await blobs()).length, 1, 'the other one has it, too');
    assert.equal(await store.forget(() => true), 1);
    assert.deepEqual(await blobs(), []);
    assert.deepEqual(await names(await reopen()), []);
  });

  it('lets the oldest go when all together are too large, and refuses what alone is', async () => {
    const store = open(250_000);
    for (const name of ['a', 'b', 'c']) {
      const value = Buffer.alloc(100_000, name);
      assert.equal(
        await store.keep(CELL, made(name, value), value),
        name === 'c',
        'an older one of the cell had to go',
      );
    }
    assert.deepEqual(await names(store), ['c', 'b']);
    assert.equal((await blobs()).length, 2);
    const huge = Buffer.alloc(300_000);
    await assert.rejects(store.keep(CELL, made('huge', huge), huge), /no room/);
  });

  it('gives the steps of an earlier text to a later one, which has them by itself then', async () => {
    const store = open();
    await store.keep(CELL, made('a', LARGE), LARGE);
    await store.keep(CELL, made('b', LARGE, 'restricted'), LARGE);
    const edited = { ...CELL, cellId: 'b'.repeat(32), line: 9 };
    const ref = { name: 'a', key: null };
    assert.deepEqual(await store.earlier({ ...edited, heading: '# %% Other' }, ref, 'trusted'), []);
    assert.deepEqual(await store.earlier({ ...edited, file: '/w/b.py' }, ref, 'trusted'), []);
    assert.deepEqual(await store.earlier({ ...edited, inFile: false }, ref, 'trusted'), []);
    assert.deepEqual(await store.earlier(edited, { name: 'c', key: null }, 'trusted'), []);
    const earlier = await store.earlier(edited, ref, 'trusted');
    assert.deepEqual(
      earlier.map(({ step }) => step.name),
      ['a'],
    );
    await store.copy(earlier, edited);
    await store.forget(({ cellId }) => cellId === CELL.cellId);
    const again = await reopen();
    assert.deepEqual(await get(again, 'a', edited), LARGE);
  });

  it('says which step it is whose value is gone or damaged', async () => {
    const store = open();
    await store.keep(CELL, made('a', LARGE), LARGE);
    const [name = ''] = await blobs();
    await writeFile(path.join(folder, 'steps/blobs', name), 'other');
    await assert.rejects(
      get(store, 'a'),
      /step "a" is missing or damaged on disk .* forget it: holdfast forget-steps /,
    );
    await rm(path.join(folder, 'steps/blobs', name));
    await assert.rejects(get(store, 'a'), /missing or damaged/);
  });

  it('never gives what this workspace has not signed, nor what is too old', async () => {
    await open().keep(CELL, made('own', Buffer.from('1')), Buffer.from('1'));
    const durable = await promises.available();
    const key = await readFile(path.join(folder, 'steps/key'));
    const { value: own } = await durable.search({ tags: { 'holdfast-kind': 'step' } }).next();
    const record = StepRecord.parse(own?.value);
    const put = async (changed: Partial<StepRecord['step']>, sign: (one: StepRecord) => StepRecord) => {
      const step = { ...record.step, stepId: randomUUID(), ...changed };
      const id = ids.step(step.stepId);
      await durable.create(id, { timeoutMs: DAY, tags: { 'holdfast-kind': 'step' } });
      await durable.settle(id, 'resolve', sign({ ...record, step }));
    };
    const signed = (one: StepRecord) => ({ ...one, signature: signatureOf(one, key) });
    await put({ name: 'renamed' }, (one) => one);
    await put({ name: 'looser', level: 'unrestricted' }, (one) => one);
    await put({ name: 'foreign' }, (one) => ({ ...one, signature: signatureOf(one, Buffer.alloc(32)) }));
    await put({ name: 'old', keptAt: Date.now() - 31 * DAY }, signed);
    await put({ name: 'signed' }, signed);
    await durable.create(ids.step('odd'), { timeoutMs: DAY, tags: { 'holdfast-kind': 'step' } });
    await durable.settle(ids.step('odd'), 'resolve', { step: 1 });
    assert.deepEqual((await names(await reopen())).sort(), ['own', 'signed']);
  });
});
