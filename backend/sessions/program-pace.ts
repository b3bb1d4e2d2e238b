/** What is read of a program in a second, in the long run. */
const BYTES_PER_SECOND = 8 * 1024 * 1024;
/** What is read as fast as it comes after a rest: nobody waits for what a program usually prints. */
const BURST_BYTES = 4 * 1024 * 1024;
const PAUSE_MS = 25;

/**
 * How fast the output of a program is read that nobody gets all of: only windows look on, which show its beginning and the newest of it.
 * As fast as it can, a flood would keep two processors busy, that of the program and that of its reader, and the editor waiting for one.
 */
export class ProgramPace {
  #left = BURST_BYTES;
  #since = 0;

  /** @returns milliseconds to wait after these bytes. */
  pauseAfter(bytes: number, now = performance.now()): number {
    const earned = ((now - this.#since) / 1000) * BYTES_PER_SECOND;
    this.#left = Math.min(BURST_BYTES, this.#left + earned) - bytes;
    this.#since = now;
    return this.#left > 0 ? 0 : PAUSE_MS;
  }
}
