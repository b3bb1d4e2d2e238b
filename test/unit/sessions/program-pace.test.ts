import assert from 'node:assert/strict';
import { ProgramPace } from '../../../backend/sessions/program-pace.ts';

const MEBIBYTE = 1024 * 1024;

describe('the pace of a program that only windows look at', () => {
  it('is its own for some mebibytes, and then eight of them in a second', () => {
    const pace = new ProgramPace();
    let now = 1000;
    let read = 0;
    while (pace.pauseAfter(64 * 1024, now) === 0) read += 64 * 1024;
    assert.equal(read, 4 * MEBIBYTE - 64 * 1024);
    read = 0;
    for (const end = now + 10_000; now < end; ) {
      read += 64 * 1024;
      now += pace.pauseAfter(64 * 1024, now);
    }
    assert.ok(Math.abs(read - 80 * MEBIBYTE) < 2 * MEBIBYTE, `${read} bytes in ten seconds`);
  });

  it('is its own again after a rest', () => {
    const pace = new ProgramPace();
    assert.ok(pace.pauseAfter(8 * MEBIBYTE, 1000) > 0);
    assert.equal(pace.pauseAfter(3 * MEBIBYTE, 2100), 0);
  });

  it('lets through what is no flood', () => {
    const pace = new ProgramPace();
    for (let now = 1000; now < 20_000; now += 100) assert.equal(pace.pauseAfter(MEBIBYTE / 2, now), 0);
  });
});
