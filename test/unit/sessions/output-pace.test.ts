import assert from 'node:assert/strict';
import { OutputPace } from '../../../backend/sessions/output-pace.ts';

describe('the pace of output for a lossy reader', () => {
  it('pauses in a flood, and goes on after the pause as at the beginning', () => {
    const pace = new OutputPace();
    const chunk = 32 * 1024;
    const pauses = [0, 0, 0, 0, 50, 50, 50, 50].map((at) => pace.pauseAfter(chunk, 1000 + at));
    assert.deepEqual(pauses, [0, 0, 0, 40, 0, 0, 0, 40]);
  });

  it('lets through what is no flood', () => {
    const pace = new OutputPace();
    for (let at = 1000; at < 2000; at += 50) assert.equal(pace.pauseAfter(100 * 1024, at), 0);
  });
});
