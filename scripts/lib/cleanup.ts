/** Undoes what a script has set up, newest first, once: at the end, or when the script is told to stop. */
export class Cleanup implements AsyncDisposable {
  readonly #steps: (() => unknown)[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => void this.#interrupted(signal));
    }
  }

  /** Aborted as soon as the script is told to stop. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  run(): Promise<void> {
    this.#running ??= this.#undo();
    return this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.run();
  }

  async #undo(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error('While cleaning up:', error);
      }
    }
  }

  async #interrupted(signal: NodeJS.Signals): Promise<void> {
    this.#stop.abort();
    await this.run();
    // With the handler gone the same signal ends this process as its parent expects.
    process.kill(process.pid, signal);
  }
}
