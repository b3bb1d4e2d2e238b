import { log } from '../log.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { BlobStore } from './checkpoints/blob-store.ts';

/** On disk, all together, in bytes. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Left when there were more: not at each value the oldest is looked for. */
const LEFT_BYTES = MAX_BYTES * 0.9;

/** What is too large for a durable promise, which names it then. The newest stay, up to a limit: a promise may outlive its value. */
export class KeptValues {
  readonly #blobs: BlobStore;
  /** At most so many are on disk; undefined before they were counted. */
  #bytes: number | undefined;
  #trimming: Promise<void> = Promise.resolve();

  /** @param folder absolute path; made with the first value */
  constructor(folder: string) {
    this.#blobs = new BlobStore(folder);
  }

  /** @returns what names the value once it is on disk; null when it cannot be kept. */
  async put(bytes: Uint8Array): Promise<string | null> {
    try {
      const hash = await this.#blobs.put(bytes);
      if (this.#bytes !== undefined) this.#bytes += bytes.length;
      this.#trimming = this.#trimming.then(() => this.#trim());
      await this.#trimming;
      return hash;
    } catch (error) {
      log(`A value could not be kept: ${(error as Error).message}`);
      return null;
    }
  }

  /** @returns nothing when it is not kept any more. */
  async get(hash: string): Promise<Uint8Array> {
    try {
      return await this.#blobs.get(hash);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      return new Uint8Array(0);
    }
  }

  async #trim(): Promise<void> {
    this.#bytes ??= await this.#blobs.trim(MAX_BYTES);
    if (this.#bytes > MAX_BYTES) this.#bytes = await this.#blobs.trim(LEFT_BYTES);
  }
}
