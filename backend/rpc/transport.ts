import type { Duplex, Readable, Writable } from 'node:stream';
import { HoldfastError, ProtocolError } from '../protocol/errors.ts';
import { encodeFrame, type Frame, FrameDecoder, NO_PAYLOAD } from '../protocol/frame.ts';

/** What the owner of a transport wants to know. `closed` comes exactly once and last. */
export interface TransportListener {
  frame(frame: Frame): void;
  /** @param reason null when the other side ended the stream in order. */
  closed(reason: Error | null): void;
}

/** A two-way sequence of frames. Has one reader. */
export interface Transport {
  /** Starts reading. Called once. */
  listen(listener: TransportListener): void;
  /**
   * Queues a frame; on a closed transport it is dropped, since the listener has been told.
   * @returns false when the other side is behind: hold back what can wait until `drained`.
   * @throws ProtocolError when the frame is over a limit; the transport stays usable.
   */
  send(header: object, payload?: Uint8Array): boolean;
  /** Settles when what was queued has gone out, or the transport has closed. */
  drained(): Promise<void>;
  /** Stops and resumes reading: backpressure to the other side. */
  pause(): void;
  resume(): void;
  /** Closes after what is queued has been written. @param reason given to the own listener. */
  close(reason?: Error): void;
}

/**
 * For so long what comes is handed on in one turn of the event loop; then timers and everything else have theirs. A flood would else
 * keep them waiting for as long as the system has more to read. Milliseconds.
 */
const TURN_MS = 8;

/** Frames over a socket or over a pair of pipes. */
export class StreamTransport implements Transport {
  readonly #readable: Readable;
  readonly #writable: Writable;
  readonly #decoder = new FrameDecoder();
  #listener: TransportListener | undefined;
  #closed = false;
  #waiting: (() => void)[] = [];
  readonly #restMs: number;
  /** When this turn's first bytes came. */
  #turn: number | undefined;
  #resting = false;
  /** The owner wants nothing now. */
  #paused = false;

  /** @param restMs for so long nothing is read after a turn in which there was more to read than a turn is for. */
  constructor(readable: Readable, writable: Writable = readable as Duplex, restMs = 0) {
    this.#readable = readable;
    this.#writable = writable;
    this.#restMs = restMs;
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    this.#readable.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#readable.on('end', () => this.#finish(this.#endReason()));
    this.#readable.on('error', (error) => this.#finish(error));
    this.#readable.on('close', () => this.#finish(null));
    this.#writable.on('error', (error) => this.#finish(error));
    this.#writable.on('drain', () => this.#release());
  }

  send(header: object, payload: Uint8Array = NO_PAYLOAD): boolean {
    const [head, body] = encodeFrame(header, payload);
    if (this.#closed || !this.#writable.writable) return true;
    this.#gather();
    let flowing = this.#writable.write(head);
    if (body.length > 0) flowing = this.#writable.write(body);
    return flowing;
  }

  /** What is sent in one turn goes out in one call of the system: each costs more than making the frame. */
  #gather(): void {
    if (this.#writable.writableCorked > 0) return;
    this.#writable.cork();
    process.nextTick(() => this.#writable.uncork());
  }

  drained(): Promise<void> {
    if (this.#closed || !this.#writable.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  pause(): void {
    this.#paused = true;
    this.#readable.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#resting) this.#readable.resume();
  }

  close(reason: Error | null = null): void {
    if (this.#closed) return;
    this.#writable.end(() => this.#readable.destroy());
    this.#finish(reason);
  }

  #read(chunk: Uint8Array): void {
    const start = this.#startOfTurn();
    try {
      for (const frame of this.#decoder.push(chunk)) {
        if (this.#closed) return;
        this.#listener?.frame(frame);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#finish(error);
      this.#readable.destroy();
      this.#writable.destroy();
    }
    if (performance.now() - start > TURN_MS) this.#rest();
  }

  #startOfTurn(): number {
    if (this.#turn !== undefined) return this.#turn;
    setImmediate(() => {
      this.#turn = undefined;
    });
    this.#turn = performance.now();
    return this.#turn;
  }

  #rest(): void {
    if (this.#resting) return;
    this.#resting = true;
    this.#readable.pause();
    const goOn = () => {
      this.#resting = false;
      if (!this.#paused) this.#readable.resume();
    };
    if (this.#restMs === 0) setImmediate(goOn);
    else setTimeout(goOn, this.#restMs);
  }

  #endReason(): Error | null {
    if (this.#decoder.buffered === 0) return null;
    return new HoldfastError('closed', 'The other process went away in the middle of a message.');
  }

  #finish(reason: Error | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    if (!this.#writable.writableEnded) this.#writable.end();
    this.#listener?.closed(reason);
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
