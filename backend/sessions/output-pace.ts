/** What a lossy reader gets of a flood at a time. */
const BURST_BYTES = 64 * 1024;
/** For how long it gets nothing then. */
const PAUSE_MS = 20;

/**
 * How fast a lossy reader gets output. A window shows the beginning and the newest of it. Fifty megabytes a second, which it can read,
 * would make V8 stop everything there for tens of milliseconds, again and again, to collect what it has read.
 */
export class OutputPace {
  #bytes = 0;
  #since = 0;

  /** @returns milliseconds to wait after these bytes. */
  pauseAfter(bytes: number, now = performance.now()): number {
    if (now - this.#since > PAUSE_MS) {
      this.#since = now;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    return this.#bytes < BURST_BYTES ? 0 : PAUSE_MS;
  }
}
