/** Milliseconds between two looks at the clock. */
export const PERIOD = 2;

/** For each look at the clock, in milliseconds. */
export interface Blocks {
  /** How much later than it should it came. */
  readonly late: readonly number[];
  /** What the thread itself has worked since the look before; the rest of the time other processes had the processor. */
  readonly worked: readonly number[];
  /** `late` of a process that has nothing to do with the editor, at the same time. */
  readonly beside: readonly number[];
}

/** Looks at the clock all the time: what keeps it from doing so keeps everything else in the extension host waiting too. */
export class LoopProbe {
  readonly #late: number[] = [];
  readonly #worked: number[] = [];
  #last = performance.now();
  #lastWork = work();
  readonly #timer = setInterval(() => {
    const now = performance.now();
    const worked = work();
    this.#late.push(Math.max(0, now - this.#last - PERIOD));
    this.#worked.push(worked - this.#lastWork);
    this.#last = now;
    this.#lastWork = worked;
  }, PERIOD);

  stop(): Omit<Blocks, 'beside'> {
    clearInterval(this.#timer);
    return { late: this.#late, worked: this.#worked };
  }
}

/** Milliseconds of processor time of this thread; of the whole process before Node 23.9. */
function work(): number {
  const { threadCpuUsage = process.cpuUsage }: Partial<typeof process> = process;
  const { user, system } = threadCpuUsage();
  return (user + system) / 1000;
}
