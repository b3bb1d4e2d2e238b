import type { Variable } from '../../../protocol/values.ts';
import type { NamespaceDelta } from '../shared/messages.ts';
import { PAGE_FUNCTION } from '../shared/page-function.ts';
import type { Inspector } from './inspector.ts';
import { inTime } from './patience.ts';

export interface Page {
  readonly variables: Variable[];
  readonly total: number;
}

/** What this thread knows of the namespace, in the order of definition: the sum of all changes that the main thread told. */
export class NamespaceView {
  readonly #variables = new Map<string, Variable>();
  readonly #inspector: Inspector;
  #page: string | undefined;
  #total = 0;

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
  }

  /** To be called once the main thread is up. */
  async connect(): Promise<void> {
    this.#page = await this.#inspector.handleOf(PAGE_FUNCTION);
  }

  get size(): number {
    return this.#total;
  }

  apply(delta: NamespaceDelta): void {
    for (const name of delta.deleted) this.#variables.delete(name);
    for (const variable of delta.changed) this.#variables.set(variable.name, variable);
    this.#total = delta.total;
  }

  /** A page of the namespace as it is now, also in the middle of a cell; as it was last seen when the main thread cannot say. */
  async page(start: number, count: number): Promise<Page> {
    if (!this.#page) return this.#known(start, count);
    const page = this.#inspector.call(this.#page, { start, count }) as Promise<Page>;
    return inTime(page, this.#known(start, count));
  }

  /** A variable as it was last told. */
  known(name: string): Variable | null {
    return this.#variables.get(name) ?? null;
  }

  #known(start: number, count: number): Page {
    return { variables: [...this.#variables.values()].slice(start, start + count), total: this.#total };
  }
}
