import type { Variable } from '../../../protocol/values.ts';
import type { NamespaceDelta } from '../shared/messages.ts';
import { PAGE_FUNCTION } from '../shared/page-function.ts';
import type { Inspector } from './inspector.ts';

/** A main thread that is in native code does not answer; then what is known is shown. */
const PATIENCE_MS = 250;

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
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Page>((resolve) => {
      timer = setTimeout(() => resolve(this.#known(start, count)), PATIENCE_MS);
    });
    // A call that was terminated together with the cell fails: what is known is as good.
    const page = this.#inspector.call(this.#page, [start, count]).then(
      (value) => value as Page,
      () => this.#known(start, count),
    );
    return Promise.race([page, late]).finally(() => clearTimeout(timer));
  }

  #known(start: number, count: number): Page {
    return { variables: [...this.#variables.values()].slice(start, start + count), total: this.#total };
  }
}
