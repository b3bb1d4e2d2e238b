import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { KeptFile } from '../../../extension/platform/kept-file.ts';

describe('what a window keeps for the next', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hf-kept-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const open = () => new KeptFile(path.join(folder, 'window.json'), (message) => assert.fail(message));

  for (const reads of [true, false]) {
    it(`holds what an earlier window has kept and this one has not written, ${reads ? 'when it was read' : 'when nobody read it'}`, async () => {
      const first = open();
      first.write('inline', [1]);
      first.write('notebooks', [2]);
      first.dispose();
      const second = open();
      if (reads) assert.deepEqual(second.read('notebooks'), [2]);
      second.write('inline', [3]);
      second.dispose();
      const third = open();
      assert.deepEqual([third.read('inline'), third.read('notebooks')], [[3], [2]]);
    });
  }
});
