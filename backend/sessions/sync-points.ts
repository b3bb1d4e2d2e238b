import type { Stream } from '../protocol/values.ts';

/** A message whose frame does not follow its markers within this time does not come any more. */
const GIVE_UP_MS = 1_000;

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

  /** A stream has come to a marker and waits. @param goOn called once. */
  reached(stream: Stream, sync: number, goOn: () => void): void {
    const point = this.#point(sync);
    point.streams.set(stream, goOn);
    point.timer ??= setTimeout(() => this.#release(sync, point), GIVE_UP_MS);
    this.#check(sync, point);
  }

  /** The message has come. @param deliver called once, at its place. */
  message(sync: number, deliver: () => void): void {
    const point = this.#point(sync);
    point.deliver = deliver;
    this.#check(sync, point);
  }

  /** The worker is gone: what waits goes on. */
  close(): void {
    for (const [sync, point] of [...this.#points]) this.#release(sync, point);
  }

  #point(sync: number): SyncPoint {
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
