import { CancelLadder } from '../execution/cancel-ladder.ts';
import { readDirectives } from '../execution/directives.ts';
import { planCell } from '../execution/plan.ts';
import { MAX_KEPT_CODE_BYTES, MAX_WAITING, type Outcome, type SessionInfo } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Mode, Stream } from '../protocol/values.ts';
import type { Language } from '../workers/language.ts';
import { Execution, type ExecutionHost, type ExecutionRequest } from './execution.ts';
import { cancelledInQueue, killed, lostWith, outcomeOf, type Terminal } from './outcomes.ts';
import { RunQueue } from './run-queue.ts';
import type { Session } from './session.ts';
import type { WorkerEnd } from './session-worker.ts';

const decoder = new TextDecoder();
/** Of a cell: where its directives stand. */
const HEAD_BYTES = 64 * 1024;
const BATCH_STOPPED = 'A cell before it in the same run did not succeed.';

/** What a session runs, one after the other: cells wait, are given to the worker, can be cancelled, and end. */
export class Executions {
  readonly #session: Session;
  readonly #queue = new RunQueue();
  /** Those whose end has not been told. */
  readonly #open = new Set<Execution>();
  #running: Execution | undefined;
  #closed = false;
  #ladder: CancelLadder | undefined;
  #paused = false;

  constructor(session: Session) {
    this.#session = session;
  }

  get busy(): boolean {
    return this.#running !== undefined || this.#queue.length > 0 || this.#paused;
  }

  /** The one that runs is being cancelled. */
  get cancelling(): boolean {
    return this.#ladder !== undefined;
  }

  get info(): Pick<SessionInfo, 'running' | 'queued' | 'waiting'> {
    return {
      running: this.#running?.id ?? null,
      queued: this.#queue.length,
      waiting: this.#queue.ids.slice(0, MAX_WAITING),
    };
  }

  /**
   * Queues a cell; one that was asked for before is not queued again.
   * @returns how many executions are before it.
   * @throws HoldfastError `conflict` when the queue is full, `not_found` when the session is ending.
   */
  execute(request: ExecutionRequest): number {
    if (this.#closed) throw new HoldfastError('not_found', 'That session is ending.');
    if (this.#queue.seen(request.executionId)) return this.#queue.length;
    const { journal, options, worker } = this.#session;
    const position = this.#queue.length + (this.#running ? 1 : 0);
    const execution = new Execution(request, isIdempotent(request, options.language), this.#host);
    this.#queue.add(execution);
    this.#open.add(execution);
    options.history.queued(execution, this.#session);
    const { executionId, dialect, source, client, batch, origin, code } = request;
    journal.tell(
      { kind: 'queued', executionId, dialect, source, client, origin },
      code.byteLength > MAX_KEPT_CODE_BYTES ? undefined : code,
    );
    if (this.#queue.isStopped(batch)) this.#queue.remove(executionId)?.end(cancelledInQueue(BATCH_STOPPED));
    else if (!worker.exists) worker.start();
    this.next();
    this.#changed();
    return position;
  }

  /** Cancels one execution, queued or running. Settles when it has ended; at once when it has already. */
  async cancel(executionId: string): Promise<void> {
    if (this.#running?.id === executionId) {
      const execution = this.#running;
      if (!execution.hasEnded) this.#ladder ??= this.#climb(executionId);
      await execution.ended;
      return;
    }
    const waiting = this.#queue.remove(executionId);
    waiting?.end(cancelledInQueue(null));
    await waiting?.ended;
  }

  /** Cancels everything. @returns the ids of what was cancelled. */
  async interrupt(): Promise<string[]> {
    const queued = this.clearQueue();
    const running = this.#running;
    if (running) await this.cancel(running.id);
    return [...(running ? [running.id] : []), ...queued];
  }

  /** Cancels what waits. @returns its ids. */
  clearQueue(): string[] {
    const queued = this.#queue.clear();
    for (const execution of queued) execution.end(cancelledInQueue(null));
    return queued.map(({ id }) => id);
  }

  /** @param position 0 is the next to run. @throws HoldfastError `not_found` when that execution does not wait. */
  move(executionId: string, position: number): void {
    this.#queue.move(executionId, position);
    this.#changed();
  }

  /** No cell begins meanwhile. @throws HoldfastError `conflict` while one runs or waits */
  async paused<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.busy) throw new HoldfastError('conflict', 'A cell runs or waits. Try again when it has ended.');
    this.#paused = true;
    this.#session.checkpoints.began();
    try {
      return await work();
    } finally {
      this.#paused = false;
      this.next();
    }
  }

  /** Gives the worker what waits longest, if it can take it. */
  next(): void {
    const { checkpoints, options, recovery, worker } = this.#session;
    if (this.#running || this.#paused || recovery.running || checkpoints.leaving || !worker.ready) return;
    const execution = this.#queue.shift();
    if (execution) this.#begin(execution);
    else if (!options.ephemeral) {
      worker.rested();
      checkpoints.rested();
    }
  }

  /** @returns undefined when it is not that one which runs. */
  ifRunning(executionId: string | null): Execution | undefined {
    return this.#running?.id === executionId ? this.#running : undefined;
  }

  /** The worker has begun one. */
  started(executionId: string, mode: Mode): void {
    this.ifRunning(executionId)?.started(mode);
  }

  /** Bytes of an execution, of one that has ended, or of none. */
  output(stream: Stream, executionId: string | null, bytes: Uint8Array): void {
    const running = this.ifRunning(executionId);
    if (running) running.output(stream, bytes);
    else this.#session.journal.output(stream, executionId, bytes);
  }

  outputEnded(stream: Stream, executionId: string): void {
    this.ifRunning(executionId)?.outputEnded(stream);
  }

  /** The worker's last word on one. */
  terminal(message: Terminal, payload: Uint8Array): void {
    this.ifRunning(message.executionId)?.terminal(outcomeOf(message, this.#ladder?.seconds ?? 0), payload);
  }

  workerEnded({ reason, stderrTail, wasReady, onPurpose, again }: WorkerEnd): void {
    const running = this.#running;
    if (running && this.#ladder)
      running.end(killed(running.seconds, this.#ladder.seconds, this.#session.worker.variables.names));
    else if (running && !onPurpose && again && running.waitAgain(reason)) this.#putBack(running);
    else if (running) {
      const times = running.runs > 1 ? ` It was run ${running.runs} times.` : '';
      running.end(lostWith(`${reason}${times}`, stderrTail, running.seconds));
    }
    if (onPurpose) return;
    // What waits behind a cell that took the worker with it counted on that cell. Behind a cancelled one it may still run.
    if (!again) this.loseWaiting(reason, stderrTail);
    else if (wasReady) this.#lose(this.#queue.clearUnrepeatable(), reason, stderrTail);
  }

  loseWaiting(reason: string, stderrTail = ''): void {
    this.#lose(this.#queue.clear(), reason, stderrTail);
  }

  /** Loses what waits, and takes nothing more. */
  close(reason: string): void {
    this.#closed = true;
    this.loseWaiting(reason);
  }

  /** Settles when the end of each that has ended until now has been told. */
  async endsTold(): Promise<void> {
    const ended = [...this.#open].filter(({ hasEnded }) => hasEnded);
    await Promise.all(ended.map((execution) => execution.ended));
  }

  /** Settles when the end of each has been told. */
  async allEnded(): Promise<void> {
    await Promise.all(Array.from(this.#open, ({ ended }) => ended));
  }

  readonly #host: ExecutionHost = {
    tell: (event, payload) => this.#session.journal.tell(event, payload),
    output: (stream, executionId, bytes) => this.#session.journal.output(stream, executionId, bytes),
    isHeld: () => this.#session.journal.held,
    record: (execution, outcome, payload) => this.#record(execution, outcome, payload),
    ended: (execution, outcome) => this.#ended(execution, outcome),
  };

  #begin(execution: Execution): void {
    const { executionId, dialect, source, code } = execution.request;
    const { checkpoints, options, security, worker } = this.#session;
    const { history, language, settings } = options;
    const { router } = worker;
    const plan = planCell({ code: decoder.decode(code), dialect, language, router, settings: settings() });
    this.#running = execution;
    worker.used();
    checkpoints.began();
    execution.begin();
    history.began(execution);
    if ('message' in plan) {
      execution.end({ status: 'failed', mode: 'unknown', seconds: 0, error: plan });
      return;
    }
    const policy = security.begin(execution.request);
    if (policy) worker.send(policy);
    worker.send({ type: 'execute', executionId, dialect, source, ...plan }, code);
  }

  /** What it printed is with the system before its outcome is on disk: it can be read after a crash of the backend. */
  async #record(execution: Execution, outcome: Outcome, payload?: Uint8Array): Promise<void> {
    const { journal, options } = this.#session;
    // It has ended: a slow disk must not be what ends its worker.
    if (this.#running === execution) this.#ladder?.stop();
    await journal.written();
    await options.history.ended(execution, outcome, payload);
  }

  #ended(execution: Execution, { status }: Outcome): void {
    const { broker, journal, options } = this.#session;
    this.#open.delete(execution);
    if (this.#running === execution) {
      this.#ladder?.stop();
      this.#ladder = undefined;
      this.#running = undefined;
      journal.draining = false;
    }
    // What a task or a thread has asked for that goes on is still waited for.
    if (status === 'cancelled' && !options.language.givesUpByItself) broker.abandon(execution.id);
    const { batch } = execution.request;
    if (batch !== null && status !== 'succeeded') {
      for (const waiting of this.#queue.stopBatch(batch)) waiting.end(cancelledInQueue(BATCH_STOPPED));
    }
    this.next();
    this.#changed();
  }

  /** It runs again behind the worker's successor and what that brings back. */
  #putBack(execution: Execution): void {
    this.#running = undefined;
    this.#queue.putBack(execution);
    this.#session.options.prompts.runsAgain(execution.id);
  }

  #lose(waiting: readonly Execution[], reason: string, stderrTail: string): void {
    for (const execution of waiting) execution.end(lostWith(reason, stderrTail, 0));
  }

  #climb(executionId: string): CancelLadder {
    const { journal, options, worker } = this.#session;
    // A reader that does not read must not keep the worker's answer from us.
    journal.draining = true;
    return new CancelLadder(
      {
        ask: (rung) => {
          if (rung === 'cooperative') worker.send({ type: 'cancel', executionId });
          else worker.send({ type: 'interrupt', executionId, rung });
          if (rung === 'interrupt' || rung === 'force') worker.nudge();
        },
        kill: () => void worker.end(null, 'start'),
      },
      options.settings().cancel,
    );
  }

  #changed(): void {
    this.#session.options.changed(this.#session);
  }
}

function isIdempotent({ code }: ExecutionRequest, language: Language): boolean {
  return readDirectives(decoder.decode(code.subarray(0, HEAD_BYTES)), language).idempotent;
}
