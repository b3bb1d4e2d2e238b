import assert from 'node:assert/strict';
import { OutputPace } from '../../../backend/sessions/output-pace.ts';

describe('the pace of output for a lossy reader', () => {
  it('pauses in a flood, and goes on after the pause as at the beginning', () => {
    const pace = new OutputPace();
    const chunk = 16 * 1024;
    const pauses = [0, 0, 0, 0, 25, 25, 25, 25].map((at) => pace.pauseAfter(chunk, 1000 + at));
    assert.deepEqual(pauses, [0, 0, 0, 20, 0, 0, 0, 20]);
  });

  it('lets through what is no flood', () => {
    const pace = new OutputPace();
    for (let at = 1000; at < 2000; at += 25) assert.equal(pace.pauseAfter(50 * 1024, at), 0);
  });
});
