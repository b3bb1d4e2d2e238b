import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { OutputLog } from '../../../backend/sessions/output-log.ts';

const decoder = new TextDecoder();

describe('output log', () => {
  let folder: string;
  let log: OutputLog;
  let maxBytes: number;
  const cuts: [string | null, string][] = [];
  const holds: boolean[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hf-log-'));
    maxBytes = 1024 * 1024;
    cuts.length = 0;
    holds.length = 0;
    log = new OutputLog({
      folder: path.join(folder, 'output'),
      maxBytes: () => maxBytes,
      hold: (held) => holds.push(held),
      cut: (executionId, reason) => cuts.push([executionId, reason]),
    });
  });

  afterEach(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  const print = (id: string | null, text: string) => log.append(id, 'stdout', Buffer.from(text));
  const text = async (id: string | null, start = 0, count = 1024 * 1024) =>
    decoder.decode((await log.read(id, start, count)).bytes);

  it('gives each execution its own output, whatever was printed in between', async () => {
    print('a', 'one ');
    print(null, 'background ');
    print('a', 'two');
    print('b', 'three');
    assert.equal(await text('a'), 'one two');
    assert.equal(await text(null), 'background ');
    assert.equal(await text('b'), 'three');
  });

  it('gives every page of any output, wherever it starts', async () => {
    const write = fc.tuple(fc.constantFrom('a', 'b', null), fc.integer({ min: 1, max: 5000 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { minLength: 1, maxLength: 60 }),
        fc.nat(20_000),
        fc.nat(9000),
        async (writes, start, count) => {
          const own = new OutputLog({
            folder: path.join(folder, 'p'),
            maxBytes: () => 1e9,
            hold: () => {},
            cut: () => {},
          });
          const expected = new Map<string | null, Buffer>();
          for (const [index, [id, length]] of writes.entries()) {
            const bytes = Buffer.alloc(length, index % 251);
            own.append(id, 'stderr', bytes);
            expected.set(id, Buffer.concat([expected.get(id) ?? Buffer.alloc(0), bytes]));
          }
          for (const [id, whole] of expected) {
            const page = await own.read(id, start, count + 1);
            assert.deepEqual(Buffer.from(page.bytes), whole.subarray(start, start + count + 1));
            assert.equal(page.total, whole.length);
          }
          await own.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps the first bytes of an execution that prints more than the limit, and says so once', async () => {
    maxBytes = 10;
    print('a', '12345678');
    print('a', '90abc');
    print('a', 'more');
    const page = await log.read('a', 0, 100);
    assert.equal(decoder.decode(page.bytes), '1234567890');
    assert.deepEqual([page.kept, page.total], [10, 17]);
    assert.deepEqual(cuts, [['a', 'Only the first 10 bytes are kept (holdfast.output.maxBytes).']]);
    print('b', 'whole');
    assert.equal(await text('b'), 'whole');
  });

  it('deletes the oldest output when there is too much of it', async () => {
    maxBytes = 16 * 1024 * 1024;
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      log.append(id, 'stdout', Buffer.alloc(16 * 1024 * 1024, id));
      await log.read(id, 0, 1);
    }
    await assert.rejects(log.read('a', 0, 1), /is not kept/);
    assert.equal(await text('h', 0, 1), 'h');
    assert.ok((await readdir(path.join(folder, 'output'))).length <= 3);
  });

  it('holds the program back while the disk is behind, and lets it go on', async () => {
    log.append('a', 'stdout', Buffer.alloc(1024 * 1024));
    assert.deepEqual(holds, []);
    maxBytes = 1e9;
    for (let n = 0; n < 5; n++) log.append('a', 'stdout', Buffer.alloc(1024 * 1024));
    assert.deepEqual(holds, [true]);
    await log.read('a', 0, 1);
    assert.deepEqual(holds, [true, false]);
  });

  it('holds nobody back while an execution is being cancelled', () => {
    maxBytes = 1e9;
    log.draining = true;
    for (let n = 0; n < 6; n++) log.append('a', 'stdout', Buffer.alloc(1024 * 1024));
    assert.deepEqual(holds, []);
  });

  it('says that an execution is cut when the disk refuses it, keeps what was written, and tries again for the next', async () => {
    print('a', 'first ');
    await text('a');
    // No new file can be made where a folder should be.
    await rm(path.join(folder, 'output'), { recursive: true });
    await writeFile(path.join(folder, 'output'), '');
    const blocked = new OutputLog({
      folder: path.join(folder, 'output'),
      maxBytes: () => maxBytes,
      hold: () => {},
      cut: (executionId, reason) => cuts.push([executionId, reason]),
    });
    blocked.append('b', 'stdout', Buffer.from('second'));
    const page = await blocked.read('b', 0, 10);
    assert.deepEqual([page.kept, page.total, page.bytes.length], [0, 6, 0]);
    assert.match(page.cut ?? '', /could not be written/);
    assert.equal(cuts.length, 1);
    await rm(path.join(folder, 'output'));
    blocked.append('c', 'stdout', Buffer.from('third'));
    assert.equal(decoder.decode((await blocked.read('c', 0, 10)).bytes), 'third');
    await blocked.close();
  });

  it('leaves no file behind when it is closed', async () => {
    print('a', 'x');
    await log.close();
    assert.equal(existsSync(path.join(folder, 'output')), false);
  });
});
