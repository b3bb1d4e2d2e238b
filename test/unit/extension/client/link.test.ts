import assert from 'node:assert/strict';
import { HoldfastError } from '../../../../backend/protocol/errors.ts';
import { BackendClient } from '../../../../backend/rpc/client.ts';
import { Connection } from '../../../../backend/rpc/connection.ts';
import { memoryPair } from '../../../../backend/rpc/memory-transport.ts';
import type { Transport } from '../../../../backend/rpc/transport.ts';
import { BackendLink } from '../../../../extension/client/link.ts';

/** Hands out clients joined in memory, or fails as told, and remembers how it was asked. */
class Backends {
  readonly asked: string[] = [];
  readonly others: Transport[] = [];
  failures: HoldfastError[] = [];

  connect = async (how: 'start' | 'find'): Promise<BackendClient> => {
    this.asked.push(how);
    const failure = this.failures.shift();
    if (failure) throw failure;
    const [own, other] = memoryPair();
    const connection = new Connection(own);
    connection.listen();
    other.listen({ frame: () => {}, closed: () => {} });
    this.others.push(other);
    return new BackendClient(connection, { protocol: 1, version: '1', pid: 1, workspace: '/' });
  };
}

function make(backends: Backends) {
  const link = new BackendLink({ connect: backends.connect, log: () => {}, reconnectDelays: [0, 1, 1] });
  const states: string[] = [];
  link.onStateChanged((state) => states.push(state));
  const reached = (state: string) =>
    new Promise<void>((resolve) => {
      const listening = link.onStateChanged((now) => {
        if (now !== state) return;
        listening.dispose();
        resolve();
      });
    });
  return { link, states, reached };
}

describe('the link to the backend', () => {
  it('is made on the first use, once for callers at the same time', async () => {
    const backends = new Backends();
    const { link, states } = make(backends);
    assert.deepEqual(backends.asked, []);
    const [one, other] = await Promise.all([link.client(), link.client()]);
    assert.equal(one, other);
    assert.deepEqual([backends.asked, states], [['start'], ['connecting', 'connected']]);
    link.dispose();
  });

  it('is found when a backend runs already, and starts none when not', async () => {
    const backends = new Backends();
    const { link, states } = make(backends);
    backends.failures = [new HoldfastError('not_found', 'none')];
    await link.find();
    assert.deepEqual([backends.asked, states, link.state], [['find'], [], 'disconnected']);
    // A run that comes meanwhile takes what is found.
    const found = link.find();
    const client = await link.client();
    await found;
    assert.equal(link.current, client);
    assert.deepEqual([backends.asked, states], [['find', 'find'], ['connected']]);
    await link.find();
    assert.equal(backends.asked.length, 2);
    link.dispose();
  });

  it('is started for a run that comes while none is found', async () => {
    const backends = new Backends();
    const { link } = make(backends);
    backends.failures = [new HoldfastError('not_found', 'none')];
    await Promise.all([link.find(), link.client()]);
    assert.deepEqual([backends.asked, link.state], [['find', 'start'], 'connected']);
    link.dispose();
  });

  it('tries again after a failure', async () => {
    const backends = new Backends();
    backends.failures = [new HoldfastError('unavailable', 'no')];
    const { link } = make(backends);
    await assert.rejects(link.client(), { code: 'unavailable' });
    assert.equal(link.state, 'disconnected');
    await link.client();
    assert.equal(link.state, 'connected');
    link.dispose();
  });

  it('finds a backend that lives again, waiting longer each time', async () => {
    const backends = new Backends();
    const { link, states, reached } = make(backends);
    const first = await link.client();
    backends.failures = [new HoldfastError('closed', 'not yet'), new HoldfastError('timeout', 'not yet')];
    const connected = reached('connected');
    backends.others[0]?.close();
    await connected;
    assert.deepEqual(backends.asked, ['start', 'find', 'find', 'find']);
    assert.notEqual(await link.client(), first);
    assert.deepEqual(states, ['connecting', 'connected', 'reconnecting', 'connected']);
    link.dispose();
  });

  it('says so when the backend is gone, and starts another only when one is needed', async () => {
    const backends = new Backends();
    const { link, reached } = make(backends);
    const lost: string[] = [];
    link.onLost((reason) => lost.push(reason));
    await link.client();
    backends.failures = [new HoldfastError('not_found', 'none')];
    const disconnected = reached('disconnected');
    backends.others[0]?.close();
    await disconnected;
    assert.deepEqual([lost, backends.asked], [['The Holdfast backend ended.'], ['start', 'find']]);
    await link.client();
    assert.deepEqual(backends.asked, ['start', 'find', 'start']);
    link.dispose();
  });

  it('lets a caller wait while it looks for the backend', async () => {
    const backends = new Backends();
    const { link } = make(backends);
    await link.client();
    backends.failures = [
      new HoldfastError('closed', 'no'),
      new HoldfastError('closed', 'no'),
      new HoldfastError('closed', 'no'),
    ];
    const reconnecting = new Promise<void>((resolve) =>
      link.onStateChanged((now) => now === 'reconnecting' && resolve()),
    );
    backends.others[0]?.close();
    await reconnecting;
    await link.client();
    assert.deepEqual(backends.asked, ['start', 'find', 'find', 'find', 'start']);
    link.dispose();
  });

  it('closes its connection and stops looking when it is disposed', async () => {
    const backends = new Backends();
    const { link } = make(backends);
    const client = await link.client();
    const closed = new Promise<void>((resolve) => client.onClose(() => resolve()));
    link.dispose();
    await closed;
    assert.deepEqual(backends.asked, ['start']);
  });
});
