import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { log, logError } from '../log.ts';
import type { Durability, Storage } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Durable } from './durable.ts';
import { DurableError } from './durable-error.ts';
import type { NetworkSetting } from './networks.ts';
import { checkStorage, placeOf } from './storage.ts';
import { type Remembered, StorageMemory } from './storage-memory.ts';

/** What only `settle` ends waits so long. */
export const LONGEST_MS = 10 * 365 * 24 * 60 * 60 * 1000;
/** A server or database that is away is looked for again after this time; files are with the first write after it. */
const RETRY_MS = 15_000;
/** A database that does not answer may not hold up the end of the backend. */
const CLOSE_MS = 2_000;

type Embedded = Extract<NetworkSetting, { kind: 'embedded' }>;

/**
 * The workspace's durable promises, opened while the backend serves, and anew when a client names another place for them. When they cannot be
 * kept everything goes on without them, and the status says why, until they can be: it is tried again from time to time.
 */
export class DurablePromises {
  readonly #embedded: Embedded;
  readonly #memory: StorageMemory;
  readonly #preparations: ((durable: Durable) => Promise<void>)[] = [];
  #remembered: Remembered | undefined;
  #opened: Promise<Durable | undefined>;
  #durable: Durable | undefined;
  /** Where they are kept, or should be; undefined while the place is known and what opens it is not. */
  #storage: Storage | undefined;
  #failure: string | null = null;
  #failedAt = 0;
  #told: Durability | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** Told when the status is another one. */
  onChanged: (status: Durability) => void = () => {};

  /** @param memory absolute path of the file that remembers the place; null remembers none. */
  constructor(embedded: Embedded, memory: string | null = null) {
    this.#embedded = embedded;
    this.#memory = new StorageMemory(memory);
    this.#opened = this.#begin();
  }

  get status(): Durability {
    const { storage, place } = this.#storage
      ? { storage: this.#storage.kind, place: placeOf(this.#storage) }
      : (this.#remembered ?? { storage: 'embedded', place: null });
    if (this.#failure !== null) return { state: 'failed', reason: this.#failure, storage, place };
    return { state: this.#durable ? 'kept' : 'opening', reason: null, storage, place };
  }

  /** Undefined until they are open, and when they cannot be. */
  get current(): Durable | undefined {
    return this.#durable;
  }

  /**
   * What looks at what an earlier backend left, before anything new is written. In the turn of the constructor. Done again each time they are
   * opened anew: what lives in this backend is to be left as it is.
   */
  prepare(work: (durable: Durable) => Promise<void>): void {
    this.#preparations.push(work);
  }

  /** Keeps them there from now on. One that is open already stays open; one that failed is tried again. @throws HoldfastError `invalid` */
  use(storage: Storage): void {
    checkStorage(storage);
    if (isDeepStrictEqual(storage, this.#storage) && this.#failure === null) return;
    this.#storage = storage;
    this.#failure = null;
    this.#durable = undefined;
    this.#tell();
    this.#reopen(storage);
  }

  /** Opens them anew if they have failed. @returns how that went */
  async retry(): Promise<Durability> {
    if (this.#failure !== null && this.#storage && !this.#closed) this.use(this.#storage);
    await this.#opened;
    return this.status;
  }

  /** @throws HoldfastError `unavailable` */
  async available(): Promise<Durable> {
    const durable = this.#failure === null ? await this.#opened : undefined;
    if (!durable || this.#failure !== null) {
      throw new HoldfastError('unavailable', `Durable promises are not kept: ${this.#failure}`);
    }
    return durable;
  }

  /**
   * Settles also when it could not be written: then the status says so.
   * @param expected codes of errors that mean nothing here
   * @returns what the request came to; undefined when it was not written
   */
  async write<T>(request: (durable: Durable) => Promise<T>, expected: readonly string[] = []): Promise<T | undefined> {
    // What is away is looked for without anybody waiting for that.
    if (this.#failure !== null) {
      if (Date.now() - this.#failedAt >= RETRY_MS) void this.retry();
      return undefined;
    }
    // Also when it is there already: requests keep their order.
    const durable = await this.#opened;
    if (!durable || durable.failure) return undefined;
    try {
      return await request(durable);
    } catch (error) {
      if (error instanceof DurableError) {
        if (expected.includes(error.code) || this.#closed || durable.failure) return undefined;
        if (error.code === 'unavailable' && !durable.embedded) {
          this.#lose(durable, error);
          return undefined;
        }
      }
      logError('A promise could not be kept', error);
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await end(await this.#opened);
  }

  async #begin(): Promise<Durable | undefined> {
    const { storage, place } = await this.#remember();
    // Named by a client meanwhile: it opens that behind this.
    if (this.#storage) return undefined;
    if (storage === 'embedded') {
      this.#storage = { kind: 'embedded' };
      return await this.#open(this.#storage);
    }
    this.#failure = `They are kept on ${place}, and nobody has told this backend yet what opens it: open the workspace in an editor, or set HOLDFAST_DURABLE_URL or HOLDFAST_DURABLE_POSTGRES for the command line.`;
    this.#tell();
    return undefined;
  }

  async #remember(): Promise<Remembered> {
    this.#remembered ??= await this.#memory.read();
    return this.#remembered;
  }

  /** The server went away. Every cell would wait for it if it were asked again by each. */
  #lose(durable: Durable, { message }: DurableError): void {
    if (this.#durable !== durable || !this.#storage) return;
    this.#fail(message);
    this.#reopen(this.#storage);
  }

  #fail(reason: string): void {
    this.#durable = undefined;
    this.#failure = reason;
    this.#failedAt = Date.now();
    this.#tell();
    log(`Durable promises are not kept: ${reason}`);
  }

  #tell(): void {
    const { status } = this;
    if (isDeepStrictEqual(status, this.#told)) return;
    this.#told = status;
    this.onChanged(status);
  }

  #reopen(storage: Storage): void {
    clearTimeout(this.#retry);
    this.#opened = this.#opened.then(async (before) => {
      await end(before);
      // Another one may have been named since.
      return this.#closed || storage !== this.#storage ? undefined : await this.#open(storage);
    });
  }

  async #open(storage: Storage): Promise<Durable | undefined> {
    try {
      const { home, key } = await this.#remember();
      await this.#note({ home, key, storage: storage.kind, place: placeOf(storage) });
      if (storage.kind !== 'embedded') {
        const { probe } = await import('./probe.ts');
        await probe(storage);
      }
      // Behind the first turn of the loop: a client waits for the socket.
      const { Durable: Layer } = await import('./durable.ts');
      const shared = storage.kind === 'embedded' ? {} : { home: { id: home, key }, group: `backend-${home}` };
      const durable = await Layer.open({
        network: storage.kind === 'embedded' ? this.#embedded : storage,
        ...shared,
        log,
        onFailure: ({ message }) => {
          if (storage === this.#storage) this.#fail(message);
        },
      });
      try {
        for (const work of this.#preparations) await work(durable);
      } catch (error) {
        await end(durable);
        throw error;
      }
      // Another one was named meanwhile: that ends this one.
      if (storage !== this.#storage) return durable;
      durable.start();
      this.#durable = durable;
      this.#failure = null;
      this.#tell();
      const { damaged } = durable.embedded?.recovered ?? { damaged: [] };
      if (damaged.length > 0) log(`A part of the journal could not be read and was set aside: ${damaged.join(', ')}`);
      return durable;
    } catch (error) {
      if (storage !== this.#storage) return undefined;
      this.#fail(error instanceof Error ? error.message : String(error));
      if (storage.kind !== 'embedded' && !this.#closed) {
        this.#retry = setTimeout(() => this.#reopen(storage), RETRY_MS);
        this.#retry.unref();
      }
      return undefined;
    }
  }

  async #note(remembered: Remembered): Promise<void> {
    const first = remembered.storage === 'embedded' && this.#remembered?.storage === 'embedded';
    if (first || isDeepStrictEqual(remembered, this.#remembered)) return;
    await this.#memory.write(remembered);
    this.#remembered = remembered;
  }
}

async function end(durable: Durable | undefined): Promise<void> {
  if (!durable) return;
  const closed = durable.close().catch((error) => logError('The durable promises could not be closed in order', error));
  if (durable.embedded) await closed;
  else await Promise.race([closed, delay(CLOSE_MS, undefined, { ref: false })]);
}
