import type { Disposable } from './disposables.ts';

/** Calls `flush` at most once in `milliseconds`, and once more after the last `request`. */
export class Throttle implements Disposable {
  readonly #milliseconds: number;
  readonly #flush: () => void;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(milliseconds: number, flush: () => void) {
    this.#milliseconds = milliseconds;
    this.#flush = flush;
  }

  request(): void {
    if (this.#disposed || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, this.#milliseconds);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }
}
