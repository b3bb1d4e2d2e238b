/** setTimeout takes 31 bits of milliseconds; a longer wait looks again. */
const LONGEST = 60 * 60 * 1000;
/** Deadlines that come together are served together. */
const SHORTEST = 20;

/** Rings once something is due: no timer runs while nothing is. */
export class Alarm {
  readonly #now: () => number;
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(now: () => number, ring: () => void) {
    this.#now = now;
    this.#ring = ring;
  }

  /** Rings at `time` (of the given clock), unless it will ring before. */
  set(time: number): void {
    if (time >= this.#at) return;
    this.#at = time;
    clearTimeout(this.#timer);
    const wait = Math.min(Math.max(time - this.#now(), SHORTEST), LONGEST);
    this.#timer = setTimeout(() => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#ring();
    }, wait);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#at = Number.NEGATIVE_INFINITY;
  }
}
