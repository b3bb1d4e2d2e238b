import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DiskLog } from '../../../backend/sessions/disk-log.ts';

describe('log on disk', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hf-disk-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Always has more to write, up to a number of times, as a program does that never stops printing. */
  function busyLog(times: number): { log: DiskLog; appended: () => number } {
    let appended = 0;
    let appending = false;
    const log = new DiskLog({
      folder: path.join(folder, 'output'),
      maxBytes: () => 1e9,
      backlogChanged: () => {
        if (appending || appended >= times) return;
        appending = true;
        appended++;
        log.append(Buffer.from(`${appended}\n`));
        appending = false;
      },
      failed: (error) => assert.fail(error),
    });
    return { log, appended: () => appended };
  }

  it('waits for what was appended before, and not for what comes meanwhile', async () => {
    const { log, appended } = busyLog(1000);
    const position = log.append(Buffer.from('first\n'));
    await log.flushed();
    assert.ok(appended() < 1000, 'it waited until there was nothing more to write');
    assert.ok(log.written >= position + 6);
    assert.equal(Buffer.from(await log.read(position, 6)).toString(), 'first\n');
    await log.close();
  });

  it('lets go of who waits when it is closed', async () => {
    const { log } = busyLog(3);
    log.append(Buffer.from('first\n'));
    const flushed = Promise.all([log.flushed(), log.flushed()]);
    await log.close();
    await flushed;
    log.append(Buffer.from('late\n'));
    await log.flushed();
  });
});
