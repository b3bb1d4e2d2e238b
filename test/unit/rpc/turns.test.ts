import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { encodeFrame } from '../../../backend/protocol/frame.ts';
import { StreamTransport } from '../../../backend/rpc/transport.ts';

const FRAMES = 20;
/** Longer than a transport hands on in one turn. */
const SLOW_MS = 10;

function workFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** A transport with more to read than one turn is enough for, and what happens in which order. */
function flooded(onFrame: (transport: StreamTransport, count: number) => void = () => {}, restMs = 0) {
  const stream = new PassThrough({ highWaterMark: 1024 * 1024 });
  for (let count = 0; count < FRAMES; count++) stream.write(encodeFrame({ count })[0]);
  stream.end();
  const transport = new StreamTransport(stream, new PassThrough(), restMs);
  const order: string[] = [];
  let frames = 0;
  const closed = new Promise<void>((resolve) => {
    transport.listen({
      frame: () => {
        order.push('frame');
        workFor(SLOW_MS);
        onFrame(transport, ++frames);
      },
      closed: () => resolve(),
    });
  });
  return { transport, order, closed };
}

describe('a transport with much to read', () => {
  it('lets timers have their turn between frames, and hands all frames on', async () => {
    const { order, closed } = flooded();
    setTimeout(() => order.push('timer'), 1);
    await closed;
    assert.equal(order.filter((it) => it === 'frame').length, FRAMES);
    const turn = order.indexOf('timer');
    assert.ok(turn >= 0 && turn < order.length - 1, order.join());
  });

  it('rests between turns where it is asked to, and hands all frames on', async () => {
    const { order, closed } = flooded(() => {}, 1);
    const ticking = setInterval(() => order.push('timer'), 1);
    await closed;
    clearInterval(ticking);
    assert.equal(order.filter((it) => it === 'frame').length, FRAMES);
    assert.ok(order.filter((it) => it === 'timer').length >= FRAMES / 2, order.join());
  });

  it('stays paused while its owner wants it to', async () => {
    const { transport, order, closed } = flooded((it, count) => {
      if (count === 3) it.pause();
    });
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(order.length, 3);
    transport.resume();
    await closed;
    assert.equal(order.length, FRAMES);
  });
});
