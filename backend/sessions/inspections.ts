import { HoldfastError } from '../protocol/errors.ts';
import type { Variable } from '../protocol/values.ts';

const TIMEOUT_MS = 5_000;

export interface NamespacePage {
  readonly variables: Variable[];
  readonly total: number;
}

interface Pending {
  settle(page: NamespacePage | HoldfastError): void;
}

/** Questions about the namespace that the worker has not answered yet. */
export class Inspections {
  readonly #pending = new Map<number, Pending>();

  /** @param id of the `inspect` message. @throws HoldfastError `timeout` when the worker cannot look, `closed` when it is gone. */
  wait(id: number): Promise<NamespacePage> {
    return new Promise((resolve, reject) => {
      const settle = (page: NamespacePage | HoldfastError) => {
        this.#pending.delete(id);
        clearTimeout(timer);
        if (page instanceof HoldfastError) reject(page);
        else resolve(page);
      };
      const message = 'The session is in code that does not let its variables be looked at.';
      const timer = setTimeout(() => settle(new HoldfastError('timeout', message)), TIMEOUT_MS);
      this.#pending.set(id, { settle });
    });
  }

  answer(id: number, page: NamespacePage): void {
    this.#pending.get(id)?.settle(page);
  }

  /** The worker is gone. */
  close(reason: string): void {
    for (const pending of [...this.#pending.values()]) pending.settle(new HoldfastError('closed', reason));
  }
}
