import assert from 'node:assert/strict';
import * as z from 'zod';
import { PageBridge } from '../../../../extension/views/page-bridge.ts';

const Incoming = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('copy'), id: z.string() }),
]);

/** Stands where VS Code's webview does. */
class Page {
  readonly posted: unknown[] = [];
  say: (message: unknown) => void = () => {};

  postMessage(message: unknown): Promise<boolean> {
    this.posted.push(message);
    return Promise.resolve(true);
  }

  onDidReceiveMessage(listener: (message: unknown) => void) {
    this.say = listener;
    return { dispose: () => {} };
  }
}

function connect() {
  const page = new Page();
  const received: unknown[] = [];
  const logged: string[] = [];
  const bridge = new PageBridge<object, z.infer<typeof Incoming>>(
    page,
    Incoming,
    (message) => received.push(message),
    (message) => logged.push(message),
  );
  return { page, bridge, received, logged };
}

describe('the bridge to a page', () => {
  it('holds messages until the page is ready, then keeps their order', () => {
    const { page, bridge } = connect();
    bridge.send({ type: 'one' });
    bridge.send({ type: 'two' });
    assert.deepEqual(page.posted, []);
    page.say({ type: 'ready' });
    bridge.send({ type: 'three' });
    assert.deepEqual(page.posted, [{ type: 'one' }, { type: 'two' }, { type: 'three' }]);
  });

  it('drops a message of another shape and says so', () => {
    const { page, received, logged } = connect();
    for (const message of [null, 'copy', { type: 'copy' }, { type: 'copy', id: 'a', more: 1 }]) page.say(message);
    assert.deepEqual([received.length, logged.length], [0, 4]);
    page.say({ type: 'copy', id: 'a' });
    assert.deepEqual(received, [{ type: 'copy', id: 'a' }]);
  });
});
