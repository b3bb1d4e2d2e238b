/** Names that are remembered to say what a killed worker took with it. */
const MAX_NAMES = 1_000;

/** What the backend knows of a namespace: how many variables it has, and the names of the first of them. */
export class KnownVariables {
  readonly #names = new Set<string>();
  total = 0;

  get names(): string[] {
    return [...this.#names];
  }

  apply(changed: readonly { readonly name: string }[], deleted: readonly string[], total: number): void {
    this.total = total;
    for (const name of deleted) this.#names.delete(name);
    for (const { name } of changed) if (this.#names.size < MAX_NAMES) this.#names.add(name);
  }

  clear(): void {
    this.#names.clear();
    this.total = 0;
  }
}
