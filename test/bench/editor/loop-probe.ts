/** Milliseconds between two looks at the clock. */
const PERIOD = 2;

/** Looks at the clock all the time: what keeps it from doing so keeps everything else in the extension host waiting too. */
export class LoopProbe {
  readonly #blocks: number[] = [];
  #last = performance.now();
  readonly #timer = setInterval(() => {
    const now = performance.now();
    this.#blocks.push(Math.max(0, now - this.#last - PERIOD));
    this.#last = now;
  }, PERIOD);

  /** @returns how much later than it should each look came, in milliseconds. */
  stop(): number[] {
    clearInterval(this.#timer);
    return this.#blocks;
  }
}
