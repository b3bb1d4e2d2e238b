import { type Disposable, toDisposable } from './disposables.ts';

export type Listen<T> = (listener: (value: T) => void) => Disposable;

/** An event without VS Code, so that what fires it can be tested in plain Node. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Listen<T> = (listener) => {
    this.#listeners.add(listener);
    return toDisposable(() => this.#listeners.delete(listener));
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
