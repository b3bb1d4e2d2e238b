import assert from 'node:assert/strict';
import path from 'node:path';
import type { Reader } from '../../../backend/sessions/event-log.ts';
import { Journal } from '../../../backend/sessions/journal.ts';
import { makeTemporary, removeTemporary } from '../../../scripts/lib/temporary.ts';
import { eventually } from '../../helpers/eventually.ts';

const MEBIBYTE = 1024 * 1024;
const reader = (): Reader => ({ deliver: () => true, ready: () => Promise.resolve() });

describe('the journal of a session in a flood', () => {
  let temporary: string;
  let journal: Journal;
  let holds: boolean[];

  beforeEach(async () => {
    temporary = await makeTemporary('hf-journal');
    holds = [];
    const folder = path.join(temporary, 'output');
    journal = new Journal({ folder, maxBytes: () => 100 * MEBIBYTE, hold: (held) => holds.push(held) });
  });
  afterEach(async () => {
    await journal.close();
    await removeTemporary(temporary);
  });

  /** No faster than the disk, which would hold the program back, too. */
  async function print(mebibytes: number): Promise<void> {
    for (let n = 0; n < mebibytes; n++) {
      journal.output('stdout', 'e', new Uint8Array(MEBIBYTE));
      await journal.written();
    }
  }

  it('holds the program back now and then while only windows look on, and lets it go on', async () => {
    journal.events.attach(reader(), 0, 'lossy');
    await print(3);
    assert.deepEqual(holds, []);
    await print(5);
    await eventually(() => assert.deepEqual(holds.slice(0, 2), [true, false]));
  });

  it('does not when somebody reads all of it, or nobody anything', async () => {
    await print(5);
    journal.events.attach(reader(), 0, 'lossy');
    journal.events.attach(reader(), Number.MAX_SAFE_INTEGER, 'lossless');
    await print(5);
    assert.deepEqual(holds, []);
  });

  it('lets it go on at once, and does not hold it back, while an execution is cancelled', async () => {
    journal.events.attach(reader(), 0, 'lossy');
    journal.output('stdout', 'e', new Uint8Array(5 * MEBIBYTE));
    assert.equal(holds.at(-1), true);
    journal.draining = true;
    const before = holds.length;
    assert.equal(holds.at(-1), false);
    await print(8);
    assert.equal(holds.length, before);
  });
});
