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
  say: (message: unknown) => unknown = () => {};

  postMessage(message: unknown): Promise<boolean> {
    this.posted.push(message);
    return Promise.resolve(true);
  }

  onDidReceiveMessage(listener: (message: unknown) => unknown) {
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
    Promise.resolve(Incoming),
    (message) => received.push(message),
    (message) => logged.push(message),
  );
  return { page, bridge, received, logged };
}

describe('the bridge to a page', () => {
  it('holds messages until the page is ready, then keeps their order', async () => {
    const { page, bridge } = connect();
    bridge.send({ type: 'one' });
    bridge.send({ type: 'two' });
    assert.deepEqual(page.posted, []);
    await page.say({ type: 'ready' });
    bridge.send({ type: 'three' });
    assert.deepEqual(page.posted, [{ type: 'one' }, { type: 'two' }, { type: 'three' }]);
  });

  it('holds them again while the page is hidden, which is another one when it comes back', async () => {
    const { page, bridge } = connect();
    await page.say({ type: 'ready' });
    bridge.hidden();
    assert.equal(bridge.ready, false);
    bridge.send({ type: 'one' });
    bridge.hidden();
    assert.deepEqual(page.posted, []);
    await page.say({ type: 'ready' });
    assert.deepEqual(page.posted, [{ type: 'one' }]);
  });

  it('drops a message of another shape and says so', async () => {
    const { page, received, logged } = connect();
    for (const message of [null, 'copy', { type: 'copy' }, { type: 'copy', id: 'a', more: 1 }]) await page.say(message);
    assert.deepEqual([received.length, logged.length], [0, 4]);
    await page.say({ type: 'copy', id: 'a' });
    assert.deepEqual(received, [{ type: 'copy', id: 'a' }]);
  });

  it('receives in order, and nothing more once it is disposed', async () => {
    const { page, bridge, received } = connect();
    const said = ['a', 'b'].map((id) => page.say({ type: 'copy', id }));
    await Promise.all(said);
    const late = page.say({ type: 'copy', id: 'c' });
    bridge.dispose();
    await late;
    assert.deepEqual(received, [
      { type: 'copy', id: 'a' },
      { type: 'copy', id: 'b' },
    ]);
  });
});
