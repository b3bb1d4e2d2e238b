import assert from 'node:assert/strict';
import { SyncPoints } from '../../../backend/sessions/sync-points.ts';

type Party = 'stdout' | 'stderr' | 'message';

describe('sync points', () => {
  const orders: readonly (readonly Party[])[] = [
    ['stdout', 'stderr', 'message'],
    ['message', 'stdout', 'stderr'],
    ['stderr', 'message', 'stdout'],
  ];
  for (const order of orders) {
    it(`delivers the message first, then lets both streams go on: ${order.join(', ')}`, () => {
      const points = new SyncPoints();
      const log: string[] = [];
      for (const party of order) {
        assert.equal(log.length, 0);
        if (party === 'message') points.message(1, () => log.push('message'));
        else points.reached(party, 1, () => log.push(party));
      }
      assert.equal(log[0], 'message');
      assert.deepEqual([...log].sort(), ['message', 'stderr', 'stdout']);
    });
  }

  it('does not wait for a message that does not come', async () => {
    const points = new SyncPoints();
    await new Promise<void>((resolve) => points.reached('stdout', 1, resolve));
  });

  it('lets everything go on when the worker is gone', () => {
    const points = new SyncPoints();
    const log: string[] = [];
    points.reached('stdout', 1, () => log.push('stdout'));
    points.message(2, () => log.push('message'));
    points.close();
    assert.deepEqual(log, ['stdout', 'message']);
  });
});
