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

/** Calls `flush` at once, and in a burst of requests at most once in `milliseconds`, the last time after the last of them. */
export class EagerThrottle implements Disposable {
  readonly #milliseconds: number;
  readonly #flush: () => void;
  #timer: NodeJS.Timeout | undefined;
  #again = false;
  #disposed = false;

  constructor(milliseconds: number, flush: () => void) {
    this.#milliseconds = milliseconds;
    this.#flush = flush;
  }

  request(): void {
    if (this.#disposed) return;
    if (this.#timer) {
      this.#again = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#again) this.request();
    }, this.#milliseconds);
    this.#again = false;
    this.#flush();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }
}
