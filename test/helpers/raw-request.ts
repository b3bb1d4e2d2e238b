import { once } from 'node:events';
import net from 'node:net';
import { encodeFrame, FrameDecoder } from '../../backend/protocol/frame.ts';

/** One request on a connection of its own, without any of the client's checks. @returns the first message that comes back. */
export async function rawRequest(
  address: string,
  method: string,
  params: object,
): Promise<{ answer: { readonly type: string; readonly code?: string }; closed: Promise<unknown> }> {
  const socket = net.connect(address);
  const closed = once(socket, 'close');
  const decoder = new FrameDecoder();
  const answer = new Promise<{ type: string; code?: string }>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      // The test says what it expects of the shape.
      for (const { header } of decoder.push(chunk)) resolve(header as { type: string });
    });
  });
  socket.write(Buffer.concat(encodeFrame({ type: 'request', id: 1, timestamp: Date.now(), method, params })));
  return { answer: await answer, closed };
}
