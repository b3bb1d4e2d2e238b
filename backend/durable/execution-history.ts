import { type Dirent, readdirSync } from 'node:fs';
import path from 'node:path';
import { logError } from '../log.ts';
import type { Outcome, PastExecution } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { ExecutionRequest } from '../sessions/execution.ts';
import { lostWith } from '../sessions/outcomes.ts';
import type { Durable, DurablePromise } from './durable.ts';
import { type DurablePromises, LONGEST_MS } from './durable-promises.ts';
import { ids } from './ids.ts';
import { KeptOutput, removeForgotten } from './kept-output.ts';
import { KeptValues } from './kept-values.ts';
import { RecentExecutions } from './recent-executions.ts';

const KIND = { 'holdfast-kind': 'execution' };
const CODE_CHARACTERS = 500;
/** Parts of a value that are kept in the promise, where base64 makes them a third larger; larger ones have a file. */
const MAX_INLINE_BYTES = 16 * 1024;
const MAX_PAYLOAD_BYTES = 512 * 1024;
const MAX_UNWRITTEN = 200;

type Described = Omit<PastExecution, 'status' | 'summary' | 'endedAt'>;

interface Ended {
  outcome: Outcome;
  /** base64 */
  payload: string | null;
  /** Names the payload in `KeptValues` instead. */
  value?: string | null;
}

/** Absolute paths. */
export interface HistoryFolders {
  /** Of the sessions' output logs. */
  readonly output: string;
  /** Of values that are too large for a promise. */
  readonly values: string;
}

/**
 * Every execution as a durable promise: created when it is queued, settled with its outcome. What an earlier backend left unsettled is lost, and
 * says so.
 */
export class ExecutionHistory {
  readonly #output: string;
  readonly #promises: DurablePromises;
  readonly #values: KeptValues;
  readonly #recent = new RecentExecutions(KIND);
  readonly #creating = new Map<string, Promise<boolean>>();
  /** Of this backend and not ended: not lost when the promises are opened anew. */
  readonly #live = new Set<string>();
  /** Outcomes that could not be written, the newest, for when the promises are opened anew. */
  readonly #unwritten = new Map<string, Outcome>();
  #forgot = false;

  constructor(promises: DurablePromises, { output, values }: HistoryFolders) {
    this.#promises = promises;
    this.#output = output;
    this.#values = new KeptValues(values);
    promises.prepare(async (durable) => {
      const before = foldersIn(output);
      await this.#endOrphans(durable);
      this.#forget(durable, before).catch((error) => logError('Old output could not be deleted', error));
    });
  }

  /** A client asked for it. `kept` settles when that is on disk. */
  queued(request: ExecutionRequest, session: { id: string; name: string }): void {
    const { executionId, dialect, source, client, origin, code } = request;
    const text = new TextDecoder().decode(code.subarray(0, CODE_CHARACTERS * 4)).slice(0, CODE_CHARACTERS);
    const data: Described = {
      executionId,
      sessionId: session.id,
      sessionName: session.name,
      dialect,
      source,
      client,
      origin,
      code: text,
      queuedAt: Date.now(),
    };
    this.#live.add(executionId);
    const created = this.#promises.write((durable) =>
      durable.create(ids.result(executionId), { timeoutMs: LONGEST_MS, data, tags: KIND }),
    );
    this.#recent.add(executionId);
    this.#creating.set(executionId, created);
    void created.then(() => this.#creating.delete(executionId));
  }

  /** Settles when it is on disk that it was asked for, or cannot be. */
  async kept(executionId: string): Promise<void> {
    await this.#creating.get(executionId);
  }

  /** It was given to its worker. Nobody waits for that to be on disk: it only decides what is said of one that is lost. */
  began(executionId: string): void {
    void this.#promises.write((durable) => durable.create(ids.begun(executionId), { timeoutMs: LONGEST_MS }));
  }

  /** Settles when its outcome is on disk, or cannot be. Never rejects. */
  async ended(executionId: string, outcome: Outcome, payload: Uint8Array | undefined): Promise<void> {
    // The embedded network takes requests in the order in which they are made, and one sync serves both.
    if (!this.#promises.current?.embedded) await this.kept(executionId);
    const begun = this.#promises.write((durable) => durable.settle(ids.begun(executionId), 'resolve'), ['not_found']);
    const large = payload !== undefined && payload.length > MAX_INLINE_BYTES;
    const value = large ? await this.#keepAside(outcome, payload) : toKeep(outcome, payload);
    const written = await this.#promises.write(
      (durable) => durable.settle(ids.result(executionId), 'resolve', value),
      // It was asked for while promises could not be kept, or were kept elsewhere.
      ['not_found'],
    );
    await begun;
    this.#live.delete(executionId);
    if (!written) this.#remember(executionId, outcome);
  }

  /** The newest, newest first. @throws HoldfastError `unavailable` */
  async list(count: number): Promise<PastExecution[]> {
    const durable = await this.#promises.available();
    return (await this.#recent.newest(durable, count)).map(toPast);
  }

  /** @throws HoldfastError `not_found`, `unavailable` */
  async result(
    executionId: string,
  ): Promise<{ execution: PastExecution; outcome: Outcome | null; payload: Uint8Array }> {
    const durable = await this.#promises.available();
    const promise = await durable.get(ids.result(executionId));
    if (!promise) throw new HoldfastError('not_found', 'That execution is not kept.');
    const ended = promise.value as Ended | undefined;
    return {
      execution: toPast(promise),
      outcome: ended?.outcome ?? null,
      payload: ended?.value ? await this.#values.get(ended.value) : Buffer.from(ended?.payload ?? '', 'base64'),
    };
  }

  /** What a session of an earlier backend printed. */
  outputOf(sessionId: string): KeptOutput {
    return new KeptOutput(path.join(this.#output, sessionId));
  }

  #remember(executionId: string, outcome: Outcome): void {
    this.#unwritten.set(executionId, outcome);
    const [oldest] = this.#unwritten.keys();
    if (this.#unwritten.size > MAX_UNWRITTEN && oldest !== undefined) this.#unwritten.delete(oldest);
  }

  /** The default policy: code whose worker is gone is not run again behind anybody's back. */
  async #endOrphans(durable: Durable): Promise<void> {
    const orphans: Described[] = [];
    for await (const { data } of durable.search({ state: 'pending', tags: KIND })) orphans.push(data as Described);
    await Promise.all(
      orphans.map(async ({ executionId }) => {
        if (this.#live.has(executionId)) return;
        const begun = await durable.get(ids.begun(executionId));
        const reason = begun
          ? 'The backend was ended while it ran. What it had done until then is done.'
          : 'The backend was ended before it began.';
        const outcome = this.#unwritten.get(executionId) ?? lostWith(reason, '', 0);
        await durable.settle(ids.result(executionId), 'resolve', toKeep(outcome, undefined));
        if (begun) await durable.settle(begun.id, 'resolve');
        this.#unwritten.delete(executionId);
      }),
    );
  }

  async #forget(durable: Durable, before: readonly Dirent[]): Promise<void> {
    const sessions = await this.#recent.read(durable);
    if (this.#forgot) return;
    this.#forgot = true;
    // What sessions printed is here also when promises are on a server, and those of before are in the journal.
    await removeForgotten(this.#output, before, durable.embedded && sessions);
  }

  async #keepAside(outcome: Outcome, payload: Uint8Array): Promise<Ended> {
    const value = payload.length > MAX_PAYLOAD_BYTES ? null : await this.#values.put(payload);
    return { outcome, payload: null, value };
  }
}

/** An outcome by itself has come as the header of a frame and is not larger than one. */
function toKeep(outcome: Outcome, payload: Uint8Array | undefined): Ended {
  return { outcome, payload: payload ? Buffer.from(payload).toString('base64') : null };
}

function toPast({ data, value, settledAt }: DurablePromise): PastExecution {
  const outcome = (value as Ended | undefined)?.outcome;
  const summary = outcome ? summaryOf(outcome)?.slice(0, CODE_CHARACTERS) : undefined;
  return { ...(data as Described), status: outcome?.status ?? 'pending', summary: summary ?? null, endedAt: settledAt };
}

function summaryOf(outcome: Outcome): string | null | undefined {
  switch (outcome.status) {
    case 'succeeded':
      return outcome.text;
    case 'failed':
      return `${outcome.error.name}: ${outcome.error.message}`;
    default:
      return outcome.reason;
  }
}

function foldersIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
