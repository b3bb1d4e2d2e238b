import { type Memory, openMemory, Word } from '../shared/memory.ts';

/** Tells the main thread how many of its displays and requests have been taken. It waits when too many are not. */
export class Receipts {
  readonly #memory: Memory;
  readonly #congested: () => boolean;
  #owed = 0;

  constructor(memory: SharedArrayBuffer, congested: () => boolean) {
    this.#memory = openMemory(memory);
    this.#congested = congested;
  }

  /** One was sent to the backend. Its receipt waits while the connection has no room. */
  add(): void {
    this.#owed++;
    this.give();
  }

  /** To be called again when the connection has room. */
  give(): void {
    if (this.#owed === 0 || this.#congested()) return;
    Atomics.add(this.#memory.words, Word.taken, this.#owed);
    Atomics.notify(this.#memory.words, Word.taken);
    this.#owed = 0;
  }
}
