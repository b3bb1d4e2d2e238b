const WINDOW_MS = 50;
/** Wake-ups in that time that are followed at once. */
const AT_ONCE = 32;
/** What is written in this time is much less than the ring holds. */
const GATHER_MS = 2;

/** When to take what the main thread prints. In a flood each wake-up would cost both threads more than the line that it tells of. */
export class WakePace {
  #since = 0;
  #count = 0;

  /** @returns milliseconds to wait after a wake-up. */
  delay(now = performance.now()): number {
    if (now - this.#since > WINDOW_MS) {
      this.#since = now;
      this.#count = 0;
    }
    return ++this.#count > AT_ONCE ? GATHER_MS : 0;
  }
}
