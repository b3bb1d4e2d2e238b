import type { KeptFile } from '../platform/kept-file.ts';

const NAME = 'cleared';
/** A window knows no more executions either. */
const MAX_KEPT = 200;

/** What a person has cleared away, for the window that comes after this one: it hears of all of it again. */
export class ClearedExecutions {
  readonly #kept: KeptFile;
  #ids: readonly string[];
  #until: number;

  constructor(kept: KeptFile) {
    this.#kept = kept;
    const { ids, until } = (kept.read(NAME) ?? {}) as { readonly ids?: unknown; readonly until?: unknown };
    this.#ids = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
    this.#until = typeof until === 'number' ? until : 0;
  }

  /** @param id null for output between executions. @param at when that was, in Unix milliseconds: what runs again is new. */
  has(id: string | null, at: number): boolean {
    return at <= this.#until && (id === null || this.#ids.includes(id));
  }

  add(ids: readonly string[]): void {
    this.#ids = [...this.#ids, ...ids].slice(-MAX_KEPT);
    this.#until = Date.now();
    this.#kept.write(NAME, { ids: this.#ids, until: this.#until });
  }
}
