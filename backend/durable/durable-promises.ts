import { log, logError } from '../log.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Durable } from './durable.ts';
import { DurableError } from './durable-error.ts';
import type { NetworkSetting } from './networks.ts';

/** What only `settle` ends waits so long. */
export const LONGEST_MS = 10 * 365 * 24 * 60 * 60 * 1000;

export interface DurabilityStatus {
  readonly state: 'opening' | 'kept' | 'failed';
  readonly reason: string | null;
}

/**
 * The workspace's durable promises, opened while the backend serves. When they cannot be kept everything goes on without them, and the
 * status says why.
 */
export class DurablePromises {
  readonly #opened: Promise<Durable | undefined>;
  readonly #preparations: ((durable: Durable) => Promise<void>)[] = [];
  #durable: Durable | undefined;
  #failure: string | null = null;
  #closed = false;

  constructor(network: NetworkSetting) {
    this.#opened = this.#open(network);
  }

  get status(): DurabilityStatus {
    if (this.#failure !== null) return { state: 'failed', reason: this.#failure };
    return { state: this.#durable ? 'kept' : 'opening', reason: null };
  }

  /** Undefined until they are open, and when they cannot be. */
  get current(): Durable | undefined {
    return this.#durable;
  }

  /** What looks at what an earlier backend left, before anything new is written. In the turn of the constructor. */
  prepare(work: (durable: Durable) => Promise<void>): void {
    this.#preparations.push(work);
  }

  /** @throws HoldfastError `unavailable` */
  async available(): Promise<Durable> {
    const durable = await this.#opened;
    if (!durable || this.#failure !== null) {
      throw new HoldfastError('unavailable', `Durable promises are not kept: ${this.#failure}`);
    }
    return durable;
  }

  /**
   * Settles also when it could not be written: then the status says so, once and for all.
   * @param expected codes of errors that mean nothing here
   */
  async write(request: (durable: Durable) => Promise<unknown>, expected: readonly string[] = []): Promise<void> {
    // Also when it is there already: requests keep their order.
    const durable = await this.#opened;
    if (!durable || durable.failure) return;
    try {
      await request(durable);
    } catch (error) {
      if (error instanceof DurableError && (expected.includes(error.code) || this.#closed || durable.failure)) return;
      logError('A promise could not be kept', error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const durable = await this.#opened;
    await durable?.close();
  }

  async #open(network: NetworkSetting): Promise<Durable | undefined> {
    try {
      // Behind the first turn of the loop: a client waits for the socket.
      const { Durable: Layer } = await import('./durable.ts');
      const durable = await Layer.open({
        network,
        log,
        onFailure: (error) => {
          this.#failure = error.message;
        },
      });
      for (const work of this.#preparations) await work(durable);
      durable.start();
      this.#durable = durable;
      const { damaged } = durable.embedded?.recovered ?? { damaged: [] };
      if (damaged.length > 0) log(`A part of the journal could not be read and was set aside: ${damaged.join(', ')}`);
      return durable;
    } catch (error) {
      this.#failure ??= error instanceof Error ? error.message : String(error);
      logError('Durable promises are not kept', error);
      return undefined;
    }
  }
}
