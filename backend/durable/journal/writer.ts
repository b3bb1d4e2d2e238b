import { closeSync, fdatasync, fstatSync, writeSync } from 'node:fs';
import { DurableError, storageError } from '../durable-error.ts';

interface Entry {
  fd: number;
  bytes: Buffer | undefined;
  done: () => void;
  fail: (error: DurableError) => void;
}

/**
 * Appends records and says when they are on disk. What is asked for while one batch is synced goes with the next (group commit). The
 * first write that fails is the last: what was to be acknowledged is not, and neither is anything after it.
 */
export class JournalWriter {
  readonly #onFailure: (error: DurableError) => void;
  #fd: number;
  #queue: Entry[] = [];
  #flushing = false;
  #failure: DurableError | undefined;
  /** In the current file. */
  bytes: number;

  constructor(fd: number, bytes: number, onFailure: (error: DurableError) => void) {
    this.#fd = fd;
    this.bytes = bytes;
    this.#onFailure = onFailure;
  }

  /** Settles once `bytes`, and everything appended before, is on disk. Without `bytes` it only waits. */
  commit(bytes?: Buffer): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (!bytes && !this.#flushing && this.#queue.length === 0) return Promise.resolve();
    this.bytes += bytes?.length ?? 0;
    return new Promise((done, fail) => {
      this.#queue.push({ fd: this.#fd, bytes, done, fail });
      if (this.#flushing) return;
      this.#flushing = true;
      setImmediate(() => this.#flush());
    });
  }

  /** What is appended from now on goes to another file. Settles with the last of the old one on disk and that file closed. */
  async turnTo(fd: number): Promise<void> {
    const old = this.#fd;
    const written = this.#barrier();
    this.#fd = fd;
    this.bytes = 0;
    await written;
    closeSync(old);
  }

  async close(): Promise<void> {
    await this.commit().catch(() => {
      // Who waited for it was told.
    });
    this.#failure ??= new DurableError('closed', 'The durable layer is closed.');
    closeSync(this.#fd);
  }

  /** For tests of what a failing disk does, and for a folder that is gone. */
  fail(error: DurableError): void {
    if (this.#failure) return;
    this.#failure = error;
    const waiting = this.#queue;
    this.#queue = [];
    for (const entry of waiting) entry.fail(error);
    this.#onFailure(error);
  }

  #barrier(): Promise<void> {
    return this.commit();
  }

  #flush(): void {
    if (this.#failure) return;
    const fd = this.#queue[0]?.fd;
    if (fd === undefined) {
      this.#flushing = false;
      return;
    }
    const end = this.#queue.findIndex((entry) => entry.fd !== fd);
    const batch = this.#queue.splice(0, end === -1 ? this.#queue.length : end);
    const parts = batch.flatMap(({ bytes }) => (bytes ? [bytes] : []));
    if (parts.length === 0) {
      this.#finish(batch);
      return;
    }
    try {
      writeAll(fd, Buffer.concat(parts));
    } catch (error) {
      this.#failBatch(batch, storageError('The durable journal cannot be written', error));
      return;
    }
    fdatasync(fd, (error) => {
      const failure = error ? storageError('The durable journal cannot be written', error) : gone(fd);
      if (failure) this.#failBatch(batch, failure);
      else this.#finish(batch);
    });
  }

  #finish(batch: Entry[]): void {
    for (const { done } of batch) done();
    if (this.#queue.length > 0) setImmediate(() => this.#flush());
    else this.#flushing = false;
  }

  #failBatch(batch: Entry[], error: DurableError): void {
    for (const entry of batch) entry.fail(error);
    this.fail(error);
  }
}

/** A file without a name is written without an error and gone with the process. */
function gone(fd: number): DurableError | undefined {
  try {
    if (fstatSync(fd).nlink > 0) return undefined;
  } catch (error) {
    return storageError('The durable journal cannot be looked at', error);
  }
  return new DurableError('storage', 'The folder of the durable journal was deleted. Try again to begin a new one.');
}

function writeAll(fd: number, bytes: Buffer): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(fd, bytes, at);
}
