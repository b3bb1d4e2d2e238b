import type { KeptFile } from '../platform/kept-file.ts';

const NAME = 'notebooks';
/** The newest: those of notebooks that are never opened again must not add up. */
const MAX_KEPT = 200;

/** Where a cell stood when it was run. */
export interface RunPlace {
  /** URI of the notebook. */
  readonly notebook: string;
  readonly index: number;
}

/** Which cells of notebooks run or wait, by the ids of their executions: the window that comes after this one goes on with them. */
export class RunMemory {
  readonly #kept: KeptFile;
  readonly #runs = new Map<string, RunPlace>();

  constructor(kept: KeptFile) {
    this.#kept = kept;
    this.#load();
  }

  /** Those of a notebook. */
  of(notebook: string): readonly (readonly [executionId: string, place: RunPlace])[] {
    return [...this.#runs].filter(([, place]) => place.notebook === notebook);
  }

  has(executionId: string): boolean {
    return this.#runs.has(executionId);
  }

  add(executionId: string, place: RunPlace): void {
    this.#runs.delete(executionId);
    this.#runs.set(executionId, place);
    this.#keep();
  }

  remove(executionId: string): void {
    if (this.#runs.delete(executionId)) this.#keep();
  }

  #load(): void {
    const found = this.#kept.read(NAME);
    for (const run of Array.isArray(found) ? found : []) {
      const [executionId, notebook, index] = Array.isArray(run) ? run : [];
      if (typeof executionId !== 'string' || typeof notebook !== 'string' || !Number.isSafeInteger(index)) continue;
      this.#runs.set(executionId, { notebook, index });
    }
  }

  #keep(): void {
    const runs = [...this.#runs].map(([executionId, { notebook, index }]) => [executionId, notebook, index]);
    this.#kept.write(NAME, runs.slice(-MAX_KEPT));
  }
}
