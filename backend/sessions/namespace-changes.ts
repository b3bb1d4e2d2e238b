import { MAX_CHECKPOINT_VARIABLES } from '../protocol/checkpoint.ts';

/** What has become of variables since a moment, by their names. */
export class NamespaceChanges {
  readonly changed = new Set<string>();
  readonly deleted: Set<string>;
  /** There were more than are told or remembered: of no name it is known that it has not changed. */
  incomplete = false;

  /** @param deleted before that moment */
  constructor(deleted: Iterable<string> = []) {
    this.deleted = new Set(deleted);
  }

  apply(changed: readonly string[], deleted: readonly string[], truncated: boolean): void {
    for (const name of deleted) {
      this.changed.delete(name);
      this.#note(this.deleted, name);
    }
    for (const name of changed) {
      this.deleted.delete(name);
      this.#note(this.changed, name);
    }
    this.incomplete ||= truncated;
  }

  #note(names: Set<string>, name: string): void {
    if (names.size < MAX_CHECKPOINT_VARIABLES) names.add(name);
    else this.incomplete = true;
  }
}
