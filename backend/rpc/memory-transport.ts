import { encodeFrame, FrameDecoder, NO_PAYLOAD } from '../protocol/frame.ts';
import type { Transport, TransportListener } from './transport.ts';

/** Two transports joined in memory, for tests. Every frame is really encoded and decoded. */
export function memoryPair(): [Transport, Transport] {
  const left = new MemoryTransport();
  const right = new MemoryTransport();
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class MemoryTransport implements Transport {
  peer: MemoryTransport | undefined;
  readonly #decoder = new FrameDecoder();
  readonly #inbox: Uint8Array[] = [];
  #listener: TransportListener | undefined;
  #paused = false;
  #closed = false;

  listen(listener: TransportListener): void {
    this.#listener = listener;
    this.#deliver();
  }

  send(header: object, payload: Uint8Array = NO_PAYLOAD): boolean {
    const bytes = Buffer.concat(encodeFrame(header, payload));
    if (!this.#closed) queueMicrotask(() => this.peer?.receive(bytes));
    return true;
  }

  receive(bytes: Uint8Array): void {
    this.#inbox.push(bytes);
    this.#deliver();
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  close(reason: Error | null = null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener?.closed(reason);
    queueMicrotask(() => this.peer?.close());
  }

  #deliver(): void {
    while (this.#listener && !this.#paused && !this.#closed) {
      const bytes = this.#inbox.shift();
      if (!bytes) return;
      for (const frame of this.#decoder.push(bytes)) this.#listener.frame(frame);
    }
  }
}
