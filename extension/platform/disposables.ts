/** Something that is released once. VS Code's own disposables have this shape too. */
export interface Disposable {
  dispose(): void;
}

/** Owns disposables and releases them newest first. Adding to a disposed store disposes at once. */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.add(item);
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    const items = [...this.#items].reverse();
    this.#items.clear();
    disposeAll(items);
  }
}

/** Disposes each, also when one of them throws. @throws the first error, after all have been disposed. */
export function disposeAll(items: readonly Disposable[]): void {
  const errors: unknown[] = [];
  for (const item of items) {
    try {
      item.dispose();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

export function toDisposable(dispose: () => void): Disposable {
  return { dispose };
}
