const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PARENT_MS = 500;

/** Undoes what a script has set up, newest first, once: at the end, or when the script is told to stop. */
export class Cleanup implements AsyncDisposable {
  readonly #steps: (() => unknown)[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor() {
    // Not once: an impatient second Ctrl+C, or one that npm hands on, must not end the cleaning up, which is bounded anyway.
    for (const signal of SIGNALS) process.on(signal, () => void this.#interrupted(signal));
    if (process.env['npm_lifecycle_event']) this.#watchParent(process.ppid);
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

  /** npm hands a SIGTERM to the shell that runs its script, which may end without handing it on: there is no event for that. */
  #watchParent(parent: number): void {
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      void this.#interrupted('SIGTERM');
    }, PARENT_MS);
    timer.unref();
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
    for (const other of SIGNALS) process.removeAllListeners(other);
    // With the handlers gone the signal ends this process as its parent expects.
    process.kill(process.pid, signal);
  }
}
