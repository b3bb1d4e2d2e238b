import assert from 'node:assert/strict';
import { duration, elapsed } from '../../../../media/text/duration.ts';

describe('a duration', () => {
  for (const [seconds, text] of [
    [0, '<0.1 ms'],
    [0.000_42, '0.4 ms'],
    [0.0251, '25 ms'],
    [0.9999, '1.0 s'],
    [1.26, '1.3 s'],
    [59.94, '59.9 s'],
    [59.96, '1 min 0 s'],
    [125.4, '2 min 5 s'],
    [3720, '1 h 2 min'],
    [200_000, '55 h 33 min'],
  ] as const) {
    it(`of ${seconds} s is told as ${text}`, () => assert.equal(duration(seconds), text));
  }

  it('is told in the same words while it goes on, in whole seconds', () => {
    assert.deepEqual([3.9, 59.9, 125, 3720].map(elapsed), ['3 s', '59 s', '2 min 5 s', '1 h 2 min']);
    for (const seconds of [60, 125, 3599, 3600, 7384]) assert.equal(elapsed(seconds), duration(seconds));
  });
});
