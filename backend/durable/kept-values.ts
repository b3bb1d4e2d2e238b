import { log } from '../log.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { BlobStore } from './checkpoints/blob-store.ts';

/** On disk, all together, in bytes. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Left of that when there were more: not at each value the oldest is looked for. */
const LEFT = 0.9;

/** What is too large for a durable promise, which names it then. The newest stay, up to a limit: a promise may outlive its value. */
export class KeptValues {
  readonly #blobs: BlobStore;
  readonly #maxBytes: number;
  /** At most so many are on disk; undefined before they were counted. */
  #bytes: number | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param folder absolute path; made with the first value. @param maxBytes on disk, all together */
  constructor(folder: string, maxBytes = MAX_BYTES) {
    this.#blobs = new BlobStore(folder);
    this.#maxBytes = maxBytes;
  }

  /** @returns what names the value once it is on disk; null when it cannot be kept. */
  put(bytes: Uint8Array): Promise<string | null> {
    // One at a time: what is there already, and is named again, could else be deleted meanwhile.
    const mine = this.#last
      .then(() => this.#put(bytes))
      .catch((error: Error) => {
        log(`A value could not be kept: ${error.message}`);
        return null;
      });
    this.#last = mine;
    return mine;
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

  async #put(bytes: Uint8Array): Promise<string> {
    const hash = await this.#blobs.put(bytes);
    if (this.#bytes === undefined) this.#bytes = await this.#blobs.trim(this.#maxBytes);
    else this.#bytes += bytes.length;
    if (this.#bytes > this.#maxBytes) this.#bytes = await this.#blobs.trim(this.#maxBytes * LEFT);
    return hash;
  }
}
