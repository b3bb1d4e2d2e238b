import assert from 'node:assert/strict';
import { WakePace } from '../../../backend/workers/javascript/control/wake-pace.ts';

describe('the pace of wake-ups', () => {
  it('follows each at once, in a flood only those at its beginning, and in each part of it again', () => {
    const pace = new WakePace();
    const delays = Array.from({ length: 200 }, (_, n) => pace.delay(1000 + n / 2));
    const atOnce = delays.flatMap((delay, index) => (delay === 0 ? [index] : []));
    const first = Array.from({ length: 32 }, (_, n) => n);
    assert.deepEqual(atOnce, [...first, ...first.map((n) => n + 101)]);
  });

  it('follows at once what comes a hundred times in a second', () => {
    const pace = new WakePace();
    for (let n = 0; n < 1000; n++) assert.equal(pace.delay(n * 10), 0);
  });
});
