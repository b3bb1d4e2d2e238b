import { Socket } from 'node:net';
import { encodeFrame, FrameDecoder, NO_PAYLOAD } from '../../../protocol/frame.ts';
import type { FromWorker, ToWorker } from '../../../protocol/worker/index.ts';
import { checkIncoming } from './incoming.ts';

type Distribute<T> = T extends { type: string } ? Omit<T, 'id' | 'timestamp'> : never;
/** A message to the backend; `id` and `timestamp` are added. */
export type Outgoing = Distribute<FromWorker>;

const FROM_BACKEND = 3;
const TO_BACKEND = 4;
/** Bytes that may wait in the socket before output stays in the ring. */
const HIGH_WATER = 1024 * 1024;

export interface ConnectionHandler {
  message(message: ToWorker, payload: Uint8Array): void;
  /** The backend is gone, or it broke the protocol. */
  closed(reason: string): void;
  /** There is room for output again. */
  drained(): void;
}

/** Frames on fds 3 and 4. */
export class Connection {
  readonly #input = new Socket({ fd: FROM_BACKEND, readable: true, writable: false });
  readonly #output = new Socket({ fd: TO_BACKEND, readable: false, writable: true });
  readonly #decoder = new FrameDecoder();
  #lastId = 0;

  constructor(handler: ConnectionHandler) {
    this.#input.on('data', (chunk: Buffer) => {
      try {
        for (const { header, payload } of this.#decoder.push(chunk)) handler.message(checkIncoming(header), payload);
      } catch (error) {
        handler.closed((error as Error).message);
      }
    });
    this.#input.on('end', () => handler.closed('The backend closed the connection.'));
    this.#input.on('error', (error) => handler.closed(error.message));
    this.#output.on('error', (error) => handler.closed(error.message));
    this.#output.on('drain', () => handler.drained());
  }

  get congested(): boolean {
    return this.#output.writableLength > HIGH_WATER;
  }

  send(message: Outgoing, payload: Uint8Array = NO_PAYLOAD): void {
    const [head, body] = encodeFrame({ ...message, id: ++this.#lastId, timestamp: Date.now() }, payload);
    this.#output.cork();
    this.#output.write(head);
    if (body.length > 0) this.#output.write(body);
    this.#output.uncork();
  }

  /** Calls back once everything that was sent so far has left the process. */
  flush(done: () => void): void {
    if (this.#output.writableEnded) done();
    else this.#output.write(NO_PAYLOAD, () => done());
  }

  /** The same, and nothing more comes. */
  end(done: () => void): void {
    this.#input.destroy();
    this.#output.end(done);
  }
}
