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

  const late: readonly (readonly ('stdout' | 'stderr')[])[] = [['stdout', 'stderr'], ['stdout']];
  for (const streams of late) {
    it(`delivers a message that comes when it is not waited for any more: ${streams.join(', ')}`, async () => {
      const points = new SyncPoints();
      await Promise.all(streams.map((stream) => new Promise<void>((resolve) => points.reached(stream, 1, resolve))));
      await new Promise<void>((resolve) => points.message(1, resolve));
      const log: string[] = [];
      points.reached('stdout', 2, () => log.push('stdout'));
      points.message(2, () => log.push('message'));
      assert.equal(log.length, 0, 'the next is waited for');
      points.reached('stderr', 2, () => log.push('stderr'));
      assert.deepEqual(log, ['message', 'stdout', 'stderr']);
    });
  }

  it('lets everything go on when the worker is gone', () => {
    const points = new SyncPoints();
    const log: string[] = [];
    points.reached('stdout', 1, () => log.push('stdout'));
    points.message(2, () => log.push('message'));
    points.close();
    assert.deepEqual(log, ['stdout', 'message']);
  });
});
