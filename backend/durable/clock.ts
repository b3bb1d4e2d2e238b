/** Where time comes from. `wall` may be set back, `elapsed` may not. Both in milliseconds. */
export interface TimeSource {
  wall(): number;
  elapsed(): number;
}

export const systemTime: TimeSource = { wall: () => Date.now(), elapsed: () => performance.now() };

/**
 * Unix milliseconds that never fall, also over restarts: while the wall clock is behind what was journaled, time goes on from there at its
 * own pace, so that timeouts neither come twice nor stand still.
 */
export class MonotonicClock {
  readonly #source: TimeSource;
  #last: number;
  #at: number;

  /** @param last the newest time that the journal holds. */
  constructor(source: TimeSource = systemTime, last = 0) {
    this.#source = source;
    this.#last = last;
    this.#at = source.elapsed();
  }

  now(): number {
    const elapsed = this.#source.elapsed();
    this.#last = Math.max(this.#source.wall(), this.#last + (elapsed - this.#at));
    // Wall time that is ahead wins; the part of a millisecond is kept, so that slow steps add up.
    this.#at = elapsed;
    return Math.floor(this.#last);
  }
}
