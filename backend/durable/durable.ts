import { randomUUID } from 'node:crypto';
import { DurableContext, type DurableFunction } from './durable-context.ts';
import { DurableError } from './durable-error.ts';
import { EmbeddedNetwork } from './embedded-network.ts';
import { ids } from './ids.ts';
import { type NetworkSetting, openNetwork } from './networks.ts';
import { type Context, type Network, Never, PROTOCOL_VERSION, type PromiseRecord, Resonate } from './sdk.ts';
import { SdkLog } from './sdk-log.ts';
import { Seal } from './seal.ts';
import { assertEncodable, decodeValue, encodeValue } from './values.ts';

/** In the headers of a settled value: who settled it, so that one of several can know that it was the first. */
const SETTLED_BY = 'holdfast-settled-by';
/** Tag of what one backend keeps on a server that others use, too. */
const HOME = 'holdfast-home';
/** A lease is renewed at half of it while its function runs. */
const LEASE_MS = 60_000;

export type DurableState = 'pending' | 'resolved' | 'rejected' | 'cancelled' | 'timed_out';

export interface DurablePromise {
  id: string;
  state: DurableState;
  /** What it was created with. Decoded when it is looked at, as is `value`. */
  readonly data: unknown;
  /** What it was settled with. */
  readonly value: unknown;
  tags: Record<string, string>;
  /** Unix milliseconds. */
  createdAt: number;
  timeoutAt: number;
  settledAt: number | null;
}

export interface CreateOptions {
  timeoutMs: number;
  data?: unknown;
  tags?: Record<string, string>;
  /** Of all who use the server, not of one backend. */
  shared?: boolean;
}

export interface Home {
  readonly id: string;
  /** Seals what is kept: whoever else writes to the server does not know it. */
  readonly key: string;
}

export interface DurableOptions {
  network: NetworkSetting;
  group?: string;
  /** On a server that others use, too: only what was created with the same one is found, and believed. */
  home?: Home;
  log?: (line: string) => void;
  /** The disk refused a write. Everything fails with this error from now on. */
  onFailure?: (error: DurableError) => void;
}

/**
 * Durable promises and functions. What a method has answered is on disk, or in the database of a server. Every method throws
 * DurableError: `storage` after a failed write, `unavailable` when a server is away, `closed` after `close`.
 */
export class Durable {
  readonly #network: Network;
  readonly #resonate: Resonate;
  readonly #group: string;
  readonly #home: Record<string, string>;
  readonly #seal: Seal | undefined;
  readonly #functions = new Set<string>();
  readonly #waiting = new Set<(error: DurableError) => void>();
  #ended: DurableError | undefined;

  private constructor(network: Network, group: string, home: Home | undefined, log: SdkLog) {
    this.#network = network;
    this.#group = group;
    this.#home = home === undefined ? {} : { [HOME]: home.id };
    this.#seal = home && new Seal(home.key);
    this.#resonate = new Resonate({ network, group, ttl: LEASE_MS, logger: log });
  }

  /** @throws DurableError `locked`, `newer_version`, `storage` */
  static async open({ network, group = 'backend', home, log = () => {}, onFailure }: DurableOptions): Promise<Durable> {
    const sdkLog = new SdkLog(log);
    let failed = (_: DurableError) => {};
    const opened = await openNetwork(network, {
      group,
      log: sdkLog,
      onWarning: (error) => log(error.message),
      onFailure: (error) => {
        log(error.message);
        failed(error);
        onFailure?.(error);
      },
    });
    const durable = new Durable(opened, group, home, sdkLog);
    failed = (error) => durable.#end(error);
    return durable;
  }

  /** The network of this process, for its status; undefined when a server keeps the promises. */
  get embedded(): EmbeddedNetwork | undefined {
    return this.#network instanceof EmbeddedNetwork ? this.#network : undefined;
  }

  /** Why nothing works any more. */
  get failure(): DurableError | undefined {
    return this.#ended;
  }

  /** Names a function that `execute` can start. Before `start`. */
  register(name: string, run: DurableFunction): void {
    this.#functions.add(name);
    this.#resonate.register(name, async (context: Context, ...args: unknown[]) => {
      try {
        const value = await run(new DurableContext(context), ...(args as never[]));
        assertEncodable(value);
        return value;
      } catch (error) {
        // What cannot be encoded would be tried for ever.
        throw error instanceof Error && !(error instanceof AggregateError) ? error : new Error(String(error));
      }
    });
  }

  /** Takes up work that was not finished. */
  start(): void {
    this.embedded?.deliver();
  }

  /**
   * Creates a promise that only `settle` or its time ends. One of the same id is given back as it is.
   * @throws DurableError `unencodable`, `invalid_id`, also when it is somebody else's
   */
  async create(id: string, { timeoutMs, data, tags, shared = false }: CreateOptions): Promise<DurablePromise> {
    const origin = ids.root(ids.originOf(id));
    const lineage = { 'resonate:origin': origin, 'resonate:parent': origin, 'resonate:branch': id };
    const all = { ...tags, ...(shared ? {} : this.#home), ...lineage, 'resonate:external': 'true' };
    const timeoutAt = this.#now() + timeoutMs;
    const value = encodeValue(data);
    const seal = shared ? undefined : this.#seal;
    const headers = { ...value.headers, ...seal?.headers(id, 'param', value.data) };
    const record = await this.#ask(() =>
      this.#resonate.promises.create(id, timeoutAt, { ...value, headers, tags: all }),
    );
    if (seal && !seal.holds(id, 'param', record.param))
      throw new DurableError('invalid_id', `The durable promise ${id} was made by somebody else.`);
    return this.#believed(record);
  }

  /**
   * Ends a promise; the first one wins.
   * @returns the promise as it is now, and whether it was this call that ended it.
   * @throws DurableError `not_found`, `unencodable`
   */
  async settle(
    id: string,
    how: 'resolve' | 'reject' | 'cancel',
    value: unknown = null,
  ): Promise<{ promise: DurablePromise; first: boolean }> {
    const by = randomUUID();
    const { data, headers } = encodeValue(value, { [SETTLED_BY]: by });
    const sealed = { data, headers: { ...headers, ...this.#seal?.headers(id, 'value', data) } };
    const record = await this.#ask(() => this.#resonate.promises[how](id, sealed));
    return { promise: this.#believed(record), first: record.value?.headers?.[SETTLED_BY] === by };
  }

  async get(id: string): Promise<DurablePromise | undefined> {
    const record = await this.#record(id);
    return record && (this.#seal?.holds(id, 'param', record.param) ?? true) ? this.#believed(record) : undefined;
  }

  async #record(id: string): Promise<PromiseRecord | undefined> {
    try {
      return await this.#ask(() => this.#resonate.promises.get(id));
    } catch (error) {
      if (error instanceof DurableError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  /** Waits until it has ended, however. @throws DurableError `not_found`, and the signal's reason. */
  async wait(id: string, signal?: AbortSignal): Promise<DurablePromise> {
    signal?.throwIfAborted();
    const handle = await this.#ask(() => this.#resonate.get(id));
    const settled = handle.result().then(
      () => {},
      () => {
        // How it ended is read below; that the network failed is thrown there.
      },
    );
    await this.#unlessEnded(settled, signal);
    // A function's is the server's: nobody here could have sealed it.
    const record = await this.#record(id);
    if (!record) throw new DurableError('not_found', `The durable promise ${id} is not kept any more.`);
    const promise = toPromise(record);
    if (promise.state === 'pending')
      throw new DurableError('unavailable', `Waiting for ${id} was interrupted. Try again.`);
    return promise;
  }

  /** All promises of this backend with these tags and this state, by rising id. */
  async *search(filter: {
    state?: 'pending' | 'resolved' | 'rejected';
    tags?: Record<string, string>;
    shared?: boolean;
  }): AsyncGenerator<DurablePromise> {
    const { shared = false, state } = filter;
    let cursor: string | undefined;
    do {
      const tags = { ...filter.tags, ...(shared ? {} : this.#home) };
      const data = { ...(state && { state }), tags, limit: 500, ...(cursor !== undefined && { cursor }) };
      const head = { corrId: randomUUID(), version: PROTOCOL_VERSION };
      const answer = await this.#ask(() => this.#network.send({ kind: 'promise.search', head, data }));
      if (answer.head.status !== 200)
        throw new DurableError('unavailable', `Searching failed: ${JSON.stringify(answer.data)}`);
      const page = answer.data as { promises: PromiseRecord[]; cursor?: string };
      for (const record of page.promises) {
        if (shared) yield toPromise(record);
        else if (this.#seal?.holds(record.id, 'param', record.param) ?? true) yield this.#believed(record);
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  /**
   * Starts a durable function. One of the same id is not started again.
   * @param target a group, or a backend's address; by default the own group.
   * @throws DurableError `unregistered`, `unencodable`, `invalid_id`
   */
  async execute(
    id: string,
    name: string,
    args: unknown[],
    {
      timeoutMs,
      target = this.#group,
      tags = {},
    }: { timeoutMs: number; target?: string; tags?: Record<string, string> },
  ): Promise<void> {
    ids.root(id);
    if (target === this.#group && !this.#functions.has(name)) {
      throw new DurableError('unregistered', `No durable function is called "${name}" here.`);
    }
    assertEncodable(args);
    // The SDK counts from the wall clock, which may be behind the journal's.
    const timeout = timeoutMs + this.#now() - Date.now();
    const options = this.#resonate.options({ timeout, target, tags, retryPolicy: new Never() });
    // Never `run`: it does not renew its lease, and two workers then run it (FACTS.md).
    await this.#ask(() => this.#resonate.rpc(id, name, ...args, options));
  }

  async close(): Promise<void> {
    this.#end(new DurableError('closed', 'The durable layer is closed.'));
    await this.#resonate.stop();
  }

  /** What somebody else has settled it with counts for nothing. */
  #believed(record: PromiseRecord): DurablePromise {
    const believed = this.#seal?.holds(record.id, 'value', record.value) ?? true;
    const promise = toPromise(record);
    return believed ? promise : { ...promise, value: undefined };
  }

  #now(): number {
    return this.embedded?.now() ?? Date.now();
  }

  async #ask<T>(request: () => Promise<T>): Promise<T> {
    if (this.#ended) throw this.#ended;
    try {
      return await request();
    } catch (error) {
      throw this.#ended ?? asDurableError(error);
    }
  }

  /** Nothing that waits is stranded (invariant 5). */
  #unlessEnded(settled: Promise<void>, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => finish(() => reject(signal?.reason));
      const fail = (error: DurableError) => finish(() => reject(error));
      const finish = (how: () => void) => {
        this.#waiting.delete(fail);
        signal?.removeEventListener('abort', onAbort);
        how();
      };
      this.#waiting.add(fail);
      signal?.addEventListener('abort', onAbort);
      void settled.then(() => finish(resolve));
      // Both may have come while the promise was looked for.
      if (this.#ended) fail(this.#ended);
      else if (signal?.aborted) onAbort();
    });
  }

  #end(error: DurableError): void {
    this.#ended ??= error;
    for (const fail of [...this.#waiting]) fail(error);
  }
}

const STATES: Record<PromiseRecord['state'], DurableState> = {
  pending: 'pending',
  resolved: 'resolved',
  rejected: 'rejected',
  rejected_canceled: 'cancelled',
  rejected_timedout: 'timed_out',
};

function toPromise(record: PromiseRecord): DurablePromise {
  const { id, tags, createdAt, timeoutAt } = record;
  return {
    id,
    state: STATES[record.state],
    get data() {
      return decodeValue(record.param);
    },
    get value() {
      return decodeValue(record.value);
    },
    tags,
    createdAt,
    timeoutAt,
    settledAt: record.settledAt ?? null,
  };
}

/** The SDK's errors carry the server's status. */
function asDurableError(error: unknown): DurableError {
  if (error instanceof DurableError) return error;
  const { message, serverError } = error as Error & { serverError?: { code: number; message: string } };
  if (serverError?.code === 404) return new DurableError('not_found', `${serverError.message}.`, { cause: error });
  if (serverError?.code === 400)
    return new DurableError('invalid_id', `The server refused it: ${serverError.message}`, { cause: error });
  return new DurableError('unavailable', `The durable promises cannot be reached: ${message}`, { cause: error });
}
