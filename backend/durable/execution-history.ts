import { type Dirent, readdirSync } from 'node:fs';
import { logError } from '../log.ts';
import type { Outcome, PastExecution } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Security } from '../protocol/security.ts';
import { type Execution, type ExecutionRequest, MAX_RUNS } from '../sessions/execution.ts';
import { lostWith } from '../sessions/outcomes.ts';
import type { Durable, DurablePromise } from './durable.ts';
import { type DurablePromises, LONGEST_MS } from './durable-promises.ts';
import { ids } from './ids.ts';
import {
  type Asked,
  askedAgain,
  askedBy,
  type Ended,
  endedWith,
  MAX_INLINE_BYTES,
  MAX_PAYLOAD_BYTES,
  pastExecution,
} from './kept-execution.ts';
import { KeptOutput, removeForgotten } from './kept-output.ts';
import { KeptValues } from './kept-values.ts';
import { Moments } from './moments.ts';
import type { PromptRecords } from './prompt-records.ts';
import { RecentExecutions } from './recent-executions.ts';

const KIND = { 'holdfast-kind': 'execution' };
const MAX_UNWRITTEN = 200;

/** Absolute paths. */
export interface HistoryFolders {
  /** Of the sessions' output logs. */
  readonly output: string;
  /** Of values that are too large for a promise. */
  readonly values: string;
}

/** What an execution was asked with. */
export interface KeptSource {
  readonly execution: PastExecution;
  readonly security: Security | null;
  /** The beginning of it when it is not whole. */
  readonly code: string;
  readonly whole: boolean;
}

/**
 * Every execution as a durable promise: created when it is queued, settled with its outcome. What an earlier backend left unsettled is lost, and
 * says so, unless it is idempotent and its session comes back.
 */
export class ExecutionHistory {
  readonly #output: string;
  readonly #promises: DurablePromises;
  readonly #prompts: PromptRecords;
  readonly #values: KeptValues;
  readonly #recent = new RecentExecutions(KIND);
  readonly #moments = new Moments();
  readonly #creating = new Map<string, Promise<unknown>>();
  /** Of this backend and not ended: not lost when the promises are opened anew. */
  readonly #live = new Set<string>();
  /** Outcomes that could not be written, the newest, for when the promises are opened anew. */
  readonly #unwritten = new Map<string, Ended>();
  /** By session: what an earlier backend left that may run again. Undefined once no session comes back any more. */
  #left: Map<string, ExecutionRequest[]> | undefined = new Map();
  #forgot = false;

  constructor(promises: DurablePromises, prompts: PromptRecords, { output, values }: HistoryFolders) {
    this.#promises = promises;
    this.#prompts = prompts;
    this.#output = output;
    this.#values = new KeptValues(values);
    promises.prepare(async (durable) => {
      const before = foldersIn(output);
      await this.#endOrphans(durable);
      this.#forget(durable, before).catch((error) => logError('Old output could not be deleted', error));
    });
  }

  /** A client asked for it. `kept` settles when that is on disk. */
  queued(execution: Pick<Execution, 'id' | 'request' | 'idempotent'>, session: { id: string; name: string }): void {
    const { id } = execution;
    const data = askedBy(execution, session, this.#moments.now());
    this.#live.add(id);
    const created = this.#promises.write((durable) =>
      durable.create(ids.result(id), { timeoutMs: LONGEST_MS, data, tags: KIND }),
    );
    this.#recent.add(id);
    this.#creating.set(id, created);
    void created.then(() => this.#creating.delete(id));
  }

  /** Settles when it is on disk that it was asked for, or cannot be. */
  async kept(executionId: string): Promise<void> {
    await this.#creating.get(executionId);
  }

  /** It was given to its worker. Nobody waits for that to be on disk: it only decides what is said of one that is lost. */
  began({ id, runs }: Pick<Execution, 'id' | 'runs'>): void {
    void this.#begin(id, runs);
  }

  /** Settles when its outcome is on disk, or cannot be. Never rejects. */
  async ended(
    { id, runs }: Pick<Execution, 'id' | 'runs'>,
    outcome: Outcome,
    payload: Uint8Array | undefined,
  ): Promise<void> {
    // The embedded network takes requests in the order in which they are made, and one sync serves both.
    if (!this.#promises.current?.embedded) await this.kept(id);
    const begun = upTo(runs).map((run) =>
      this.#promises.write((durable) => durable.settle(ids.begun(id, run), 'resolve'), ['not_found']),
    );
    const large = payload !== undefined && payload.length > MAX_INLINE_BYTES;
    const ended = large ? await this.#keepAside(outcome, payload, runs) : endedWith(outcome, runs, payload);
    const written = await this.#promises.write(
      (durable) => durable.settle(ids.result(id), 'resolve', ended),
      // It was asked for while promises could not be kept, or were kept elsewhere.
      ['not_found'],
    );
    await Promise.all(begun);
    this.#live.delete(id);
    if (!written) this.#remember(id, endedWith(outcome, runs));
  }

  /**
   * What an earlier backend left of a session that has come back and may run again, in order; each is counted as one more run. Once.
   * Never rejects.
   */
  async takeLeft(sessionId: string): Promise<ExecutionRequest[]> {
    const taken = await this.#promises.write(async () => {
      const requests = this.#left?.get(sessionId) ?? [];
      this.#left?.delete(sessionId);
      for (const { executionId } of requests) this.#live.add(executionId);
      await Promise.all(requests.map(({ executionId, runs = 0 }) => this.#begin(executionId, runs + 1)));
      return requests;
    });
    return taken ?? [];
  }

  /** No other session comes back: what was left of them is lost. Settles when that is on disk, or cannot be. Never rejects. */
  async loseLeft(): Promise<void> {
    await this.#promises.write(async (durable) => {
      const requests = [...(this.#left?.values() ?? [])].flat();
      this.#left = undefined;
      await Promise.all(requests.map(({ executionId, runs = 0 }) => this.#lose(durable, executionId, runs)));
    });
    // They may not have been open until now.
    this.#left = undefined;
  }

  /** The newest, newest first. @throws HoldfastError `unavailable` */
  async list(count: number): Promise<PastExecution[]> {
    const durable = await this.#promises.available();
    return (await this.#recent.newest(durable, count)).map(pastExecution);
  }

  /** @throws HoldfastError `not_found`, `unavailable` */
  async result(
    executionId: string,
  ): Promise<{ execution: PastExecution; outcome: Outcome | null; payload: Uint8Array }> {
    const promise = await this.#get(executionId);
    const ended = promise.value as Ended | undefined;
    return {
      execution: pastExecution(promise),
      outcome: ended?.outcome ?? null,
      payload: ended?.value ? await this.#values.get(ended.value) : Buffer.from(ended?.payload ?? '', 'base64'),
    };
  }

  /** @throws HoldfastError `not_found`, `unavailable` */
  async source(executionId: string): Promise<KeptSource> {
    const promise = await this.#get(executionId);
    const { whole = null, code, security = null } = promise.data as Asked;
    return { execution: pastExecution(promise), security, code: whole ?? code, whole: whole !== null };
  }

  /** What a session of an earlier backend printed. */
  outputOf(sessionId: string): KeptOutput {
    return new KeptOutput(this.#output, sessionId);
  }

  #remember(executionId: string, ended: Ended): void {
    this.#unwritten.set(executionId, ended);
    const [oldest] = this.#unwritten.keys();
    if (this.#unwritten.size > MAX_UNWRITTEN && oldest !== undefined) this.#unwritten.delete(oldest);
  }

  #begin(executionId: string, run: number): Promise<unknown> {
    return this.#promises.write((durable) => durable.create(ids.begun(executionId, run), { timeoutMs: LONGEST_MS }));
  }

  /** Code whose worker is gone is not run again behind anybody's back, unless it says that it may be. */
  async #endOrphans(durable: Durable): Promise<void> {
    const orphans: Asked[] = [];
    for await (const { data } of durable.search({ state: 'pending', tags: KIND })) orphans.push(data as Asked);
    orphans.sort((one, other) => one.queuedAt - other.queuedAt);
    const dead = orphans.filter(({ executionId }) => !this.#live.has(executionId));
    const runs = await Promise.all(dead.map(({ executionId }) => runsOf(durable, executionId)));
    await Promise.all(dead.map((orphan, index) => this.#endOrphan(durable, orphan, runs[index] ?? 0)));
  }

  async #endOrphan(durable: Durable, orphan: Asked, runs: number): Promise<void> {
    const { executionId, sessionId } = orphan;
    const ended = this.#unwritten.get(executionId);
    const request = ended ? undefined : askedAgain(orphan, runs);
    if (request && this.#left) this.#left.set(sessionId, [...(this.#left.get(sessionId) ?? []), request]);
    else await this.#lose(durable, executionId, runs, ended);
    // On disk: while it cannot be, the next attempt has it, too.
    this.#unwritten.delete(executionId);
  }

  async #lose(durable: Durable, executionId: string, runs: number, ended?: Ended): Promise<void> {
    const value = ended ?? endedWith(lostWith(this.#whyLost(executionId, runs), '', 0), runs);
    await Promise.all([
      durable.settle(ids.result(executionId), 'resolve', value),
      ...upTo(runs).map((run) => durable.settle(ids.begun(executionId, run), 'resolve')),
    ]);
  }

  #whyLost(executionId: string, runs: number): string {
    if (runs === 0) return 'The backend was ended before it began.';
    const [first, ...others] = this.#prompts.leftOf(executionId);
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    const question = first === undefined ? '' : ` It was waiting for an answer to ${first}${more}.`;
    const times = runs > 1 ? ` It was run ${runs} times.` : '';
    return `The backend was ended while it ran.${question} What it had done until then is done.${times}`;
  }

  async #forget(durable: Durable, before: readonly Dirent[]): Promise<void> {
    const sessions = await this.#recent.read(durable);
    if (this.#forgot) return;
    this.#forgot = true;
    // What sessions printed is here also when promises are on a server, and those of before are in the journal.
    await removeForgotten(this.#output, before, durable.embedded && sessions);
  }

  async #keepAside(outcome: Outcome, payload: Uint8Array, runs: number): Promise<Ended> {
    const value = payload.length > MAX_PAYLOAD_BYTES ? null : await this.#values.put(payload);
    return { ...endedWith(outcome, runs), value };
  }

  async #get(executionId: string): Promise<DurablePromise> {
    const durable = await this.#promises.available();
    const promise = await durable.get(ids.result(executionId));
    if (!promise) throw new HoldfastError('not_found', 'That execution is not kept.');
    return promise;
  }
}

/** How often it was begun. */
async function runsOf(durable: Durable, executionId: string): Promise<number> {
  const begun = await Promise.all(upTo(MAX_RUNS).map((run) => durable.get(ids.begun(executionId, run))));
  return begun.filter((run) => run !== undefined).length;
}

/** 1 … last */
function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

function foldersIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
