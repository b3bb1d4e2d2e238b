import assert from 'node:assert/strict';
import { CancelLadder, RUNGS } from '../../../backend/execution/cancel-ladder.ts';

describe('the cancel ladder', () => {
  it('asks at once, climbs in order, and kills last', async () => {
    const steps: string[] = [];
    const killed = new Promise<void>((resolve) => {
      new CancelLadder({
        ask: (rung) => steps.push(rung),
        kill: () => {
          steps.push('kill');
          resolve();
        },
      });
    });
    assert.deepEqual(steps, ['cooperative']);
    await killed;
    assert.deepEqual(
      steps,
      RUNGS.map(([rung]) => rung),
    );
  });

  it('goes no further once the execution has ended', async () => {
    const steps: string[] = [];
    const ladder = new CancelLadder({ ask: (rung) => steps.push(rung), kill: () => steps.push('kill') });
    ladder.stop();
    const last = RUNGS.at(-1)?.[1] ?? 0;
    await new Promise((resolve) => setTimeout(resolve, last + 50));
    assert.deepEqual(steps, ['cooperative']);
  });
});
