import type { Stream } from '../protocol/values.ts';

/** A message whose frame does not follow its markers within this time may not come any more: the output goes on without it. */
const GIVE_UP_MS = 1_000;
/** Messages that are not waited for any more, yet may come: a frame of many megabytes, or a worker that has been stopped meanwhile. */
const MAX_LATE = 1_000;

interface SyncPoint {
  /** Streams that stand at the marker, with what lets them go on. */
  readonly streams: Map<Stream, () => void>;
  deliver: (() => void) | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Brings messages and output into the order in which the program made them, although they come through three pipes: a message with
 * a `sync` number is delivered when both streams have been read up to the marker of that number, and they are read on after it.
 */
export class SyncPoints {
  readonly #points = new Map<number, SyncPoint>();
  readonly #late = new Set<number>();

  /** A stream has come to a marker and waits. @param goOn called once. */
  reached(stream: Stream, sync: number, goOn: () => void): void {
    const point = this.#point(sync);
    point.streams.set(stream, goOn);
    point.timer ??= setTimeout(() => this.#giveUp(sync, point), GIVE_UP_MS);
    this.#check(sync, point);
  }

  /** The message has come. @param deliver called once, at its place; at once when the output has gone on without it. */
  message(sync: number, deliver: () => void): void {
    if (this.#late.delete(sync)) {
      deliver();
      return;
    }
    const point = this.#point(sync);
    point.deliver = deliver;
    this.#check(sync, point);
  }

  /** The worker is gone: what waits goes on. */
  close(): void {
    for (const [sync, point] of [...this.#points]) this.#release(sync, point);
  }

  #giveUp(sync: number, point: SyncPoint): void {
    if (!point.deliver) this.#late.add(sync);
    const [oldest] = this.#late;
    if (oldest !== undefined && this.#late.size > MAX_LATE) this.#late.delete(oldest);
    this.#release(sync, point);
  }

  #point(sync: number): SyncPoint {
    // From here on it is waited for again: the one stream had been given up before the other one came.
    this.#late.delete(sync);
    let point = this.#points.get(sync);
    if (!point) {
      point = { streams: new Map(), deliver: undefined, timer: undefined };
      this.#points.set(sync, point);
    }
    return point;
  }

  #check(sync: number, point: SyncPoint): void {
    if (point.deliver && point.streams.size === 2) this.#release(sync, point);
  }

  #release(sync: number, point: SyncPoint): void {
    this.#points.delete(sync);
    clearTimeout(point.timer);
    point.deliver?.();
    for (const goOn of point.streams.values()) goOn();
  }
}
