import assert from 'node:assert/strict';
import { CancelLadder, rungs } from '../../../backend/execution/cancel-ladder.ts';

const TIMES = { interruptMs: 20, forceMs: 40, killMs: 60 };

describe('the cancel ladder', () => {
  it('asks at once, climbs in order, and kills last', async () => {
    const steps: string[] = [];
    const killed = new Promise<void>((resolve) => {
      new CancelLadder(
        {
          ask: (rung) => steps.push(rung),
          kill: () => {
            steps.push('kill');
            resolve();
          },
        },
        TIMES,
      );
    });
    assert.deepEqual(steps, ['cooperative']);
    await killed;
    assert.deepEqual(
      steps,
      rungs(TIMES).map(([rung]) => rung),
    );
  });

  it('goes no further once the execution has ended', async () => {
    const steps: string[] = [];
    const ladder = new CancelLadder({ ask: (rung) => steps.push(rung), kill: () => steps.push('kill') }, TIMES);
    ladder.stop();
    await new Promise((resolve) => setTimeout(resolve, 2 * TIMES.killMs));
    assert.deepEqual(steps, ['cooperative']);
  });
});
