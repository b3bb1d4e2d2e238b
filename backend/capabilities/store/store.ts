import { CapabilityError, systemError } from '../capability-error.ts';
import { readStoreFile, writeStoreFile } from './store-file.ts';

/** Of all keys and values together. Characters of JSON. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_KEYS = 10_000;

/**
 * Values by their keys, as JSON texts, in one file. A change that is acknowledged is on disk. Changes that come while the file is
 * written share the next writing.
 */
export class Store {
  readonly #file: string;
  readonly #values: Map<string, string>;
  #size: number;
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(file: string, values: Map<string, string>) {
    this.#file = file;
    this.#values = values;
    this.#size = [...values].reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  }

  /** @throws CapabilityError */
  static async open(file: string): Promise<Store> {
    return new Store(file, await readStoreFile(file));
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }

  /** @throws CapabilityError when the store is full, or the disk is: then the old value stands. */
  async set(key: string, text: string): Promise<void> {
    const before = this.#values.get(key);
    const size = this.#size + text.length - (before === undefined ? -key.length : before.length);
    if (size > MAX_CHARACTERS) {
      throw new CapabilityError(
        'failed',
        `The store is full: it holds ${MAX_CHARACTERS >> 20} MiB. Delete keys first.`,
        'ENOSPC',
      );
    }
    if (before === undefined && this.#values.size >= MAX_KEYS) {
      throw new CapabilityError(
        'failed',
        `The store is full: it has ${MAX_KEYS.toLocaleString('en')} keys. Delete some first.`,
        'ENOSPC',
      );
    }
    await this.#change(key, text);
  }

  /** @returns whether it was there. */
  async delete(key: string): Promise<boolean> {
    if (!this.#values.has(key)) return false;
    await this.#change(key, undefined);
    return true;
  }

  async #change(key: string, text: string | undefined): Promise<void> {
    const before = this.#put(key, text);
    try {
      await this.#save();
    } catch (error) {
      // Unless somebody has changed it again.
      if (this.#values.get(key) === text) this.#put(key, before);
      throw systemError(error, this.#file);
    }
  }

  #put(key: string, text: string | undefined): string | undefined {
    const before = this.#values.get(key);
    if (before !== undefined) this.#size -= key.length + before.length;
    if (text === undefined) this.#values.delete(key);
    else {
      this.#values.set(key, text);
      this.#size += key.length + text.length;
    }
    return before;
  }

  /** Settles when what is there now is on disk. */
  #save(): Promise<void> {
    if (!this.#writing) return this.#write();
    // The one under way may have begun before this change.
    this.#next ??= this.#writing.catch(() => {}).then(() => this.#write());
    return this.#next;
  }

  #write(): Promise<void> {
    this.#next = undefined;
    const writing = writeStoreFile(this.#file, this.#values).finally(() => {
      if (this.#writing === writing) this.#writing = undefined;
    });
    this.#writing = writing;
    return writing;
  }
}
