import assert from 'node:assert/strict';
import type { Progress } from '../../../../backend/protocol/progress.ts';
import { MAX_BARS, stoppedBars, withBar } from '../../../../extension/client/progress-bars.ts';

const bar = (progressId: number, state: Progress['state'] = 'running'): Progress => {
  return { progressId, label: '', done: 1, total: null, state };
};
const ids = (bars: readonly Progress[]) => bars.map(({ progressId }) => progressId);

describe('the bars of an execution', () => {
  it('keep their places', () => {
    const bars = [bar(1), bar(2)].reduce<readonly Progress[]>(withBar, []);
    assert.deepEqual(withBar(bars, bar(1, 'done')), [bar(1, 'done'), bar(2)]);
  });

  it('are so many at most: those that are over go first', () => {
    const full = Array.from({ length: MAX_BARS }, (_, index) => bar(index + 1, index === 2 ? 'done' : 'running'));
    const next = withBar(full, bar(100));
    assert.deepEqual([next.length, ids(next).includes(3), ids(next).at(-1)], [MAX_BARS, false, 100]);
    assert.deepEqual(ids(withBar(next, bar(101))).slice(0, 2), [2, 4]);
  });

  it('stop with it', () => {
    assert.deepEqual(stoppedBars([bar(1), bar(2, 'done')]), [bar(1, 'stopped'), bar(2, 'done')]);
  });
});
