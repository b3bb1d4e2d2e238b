import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Broker } from '../capabilities/broker.ts';
import type { ExternalCapabilities } from '../capabilities/external.ts';
import { capabilities } from '../capabilities/index.ts';
import { SessionSecurity } from '../capabilities/policy/session-security.ts';
import type { WorkspaceSecurity } from '../capabilities/policy/workspace-security.ts';
import type { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import type { ExecutionHistory } from '../durable/execution-history.ts';
import { CancelLadder } from '../execution/cancel-ladder.ts';
import { planCell } from '../execution/plan.ts';
import {
  type BackendSettings,
  MAX_KEPT_CODE_BYTES,
  MAX_WAITING,
  type Outcome,
  type SessionInfo,
} from '../protocol/client/index.ts';
import type { Level, Security } from '../protocol/security.ts';
import { unreachable } from '../protocol/unreachable.ts';
import type { Stream } from '../protocol/values.ts';
import type { Floor, Interpreter, Language } from '../workers/language.ts';
import { AutomaticCheckpoints } from './automatic-checkpoints.ts';
import type { EarlyWorker } from './early-worker.ts';
import { withEnvFile } from './environment.ts';
import { Execution, type ExecutionHost, type ExecutionRequest } from './execution.ts';
import { SessionFloor } from './floor.ts';
import { Journal } from './journal.ts';
import { cancelledInQueue, killed, lostWith, outcomeOf } from './outcomes.ts';
import type { Pool } from './pool.ts';
import { type Loss, recover } from './recovery.ts';
import { RunQueue } from './run-queue.ts';
import { type CellMessage, SessionWorker, type SessionWorkerHost, type WorkerEnd } from './session-worker.ts';
import type { WorkerSpec } from './worker-spec.ts';

export interface SessionOptions {
  readonly name: string;
  readonly language: Language;
  readonly interpreter: Interpreter;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path of a file whose variables are added to `env`, read at each start of a worker. */
  readonly envFile: string | null;
  /** What the system is to hold its workers with. */
  readonly floor: Floor | null;
  readonly ephemeral: boolean;
  /** Absolute path of the built workers. */
  readonly workers: string;
  /** Absolute path of the folder below which each session has one for its output. */
  readonly output: string;
  /** Absolute path of the workspace's state folder. */
  readonly stateFolder: string;
  readonly checkpoints: CheckpointStore;
  readonly history: ExecutionHistory;
  readonly workspaceSecurity: WorkspaceSecurity;
  /** What other programs offer to the code that runs here. */
  readonly external: ExternalCapabilities;
  /** What its executions may do; null: what is usual. */
  readonly security: Security | null;
  /** Has a started worker, perhaps. */
  readonly pool: Pool;
  /** Was started while the interpreter was asked, perhaps. */
  readonly early: EarlyWorker;
  /** What is in force now. */
  readonly settings: () => BackendSettings;
  /** Told when what `info` says may have changed. */
  readonly changed: (session: Session) => void;
}

const decoder = new TextDecoder();
/** Functions of the standard set that ask for nothing: what they show comes as messages of their own. */
const SHOWN = ['display', 'progress'];
const BATCH_STOPPED = 'A cell before it in the same run did not succeed.';

/** One namespace with its worker: runs executions one after the other and records what happens. */
export class Session {
  readonly id = randomUUID();
  readonly createdAt = Date.now();
  readonly options: SessionOptions;
  readonly journal: Journal;
  readonly broker: Broker;
  readonly security: SessionSecurity;
  readonly worker: SessionWorker;
  readonly checkpoints: AutomaticCheckpoints;
  readonly #floor: SessionFloor | null;
  readonly #queue = new RunQueue();
  /** Executions whose end has not been told. */
  readonly #open = new Set<Execution>();
  #name: string;
  #running: Execution | undefined;
  #ladder: CancelLadder | undefined;
  /** What the last worker took with it, until its successor is there. */
  #loss: Loss | undefined;
  #recovering = false;

  constructor(options: SessionOptions) {
    this.options = options;
    this.#name = options.name;
    this.journal = new Journal({
      folder: path.join(options.output, this.id),
      maxBytes: () => options.settings().output.maxBytes,
      hold: (held) => this.worker.hold(held),
    });
    const names = () => [...[...capabilities, ...options.external.all].map(({ name }) => name), ...SHOWN];
    this.security = new SessionSecurity(options.workspaceSecurity, options.security, names);
    this.broker = new Broker({
      sessionId: this.id,
      workspace: options.workspaceSecurity,
      session: this.security,
      external: options.external,
      listener: {
        opened: (prompt) => this.journal.tell({ kind: 'prompt_opened', prompt }),
        noticed: (notice) => this.journal.tell({ kind: 'noticed', ...notice }),
        closed: (promptId, reason) => this.journal.tell({ kind: 'prompt_closed', promptId, reason }),
      },
      host: {
        cwd: options.cwd,
        stateFolder: options.stateFolder,
        env: () => withEnvFile(options.env, options.envFile),
        output: (stream, executionId, bytes) => {
          // A task has asked for it that goes on behind its cell.
          this.#output(stream, this.#ifRunning(executionId)?.id ?? null, bytes);
          return this.journal.room();
        },
      },
    });
    this.checkpoints = new AutomaticCheckpoints(this, options.checkpoints, options.settings);
    const { floor, interpreter, workspaceSecurity } = options;
    this.#floor = floor
      ? new SessionFloor(floor, interpreter, this.security.level, {
          workspace: workspaceSecurity.roots,
          cwd: options.cwd,
        })
      : null;
    this.worker = new SessionWorker({
      spec: () => this.#workerSpec,
      pool: options.pool,
      early: options.early,
      host: this.#workerHost,
    });
    this.worker.start();
  }

  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.#changed();
  }

  /** Of a person's executions, in force at once. */
  set level(level: Level) {
    this.security.level = level;
    this.tellPolicy(false);
    this.#changed();
  }

  /** @param again what the worker remembers is void, also when its policy is the same */
  tellPolicy(again: boolean): void {
    const policy = this.worker.ready ? this.security.policy(again) : undefined;
    if (policy) this.worker.send(policy);
  }

  get busy(): boolean {
    return this.#running !== undefined || this.#queue.length > 0;
  }

  get info(): SessionInfo {
    const { language, interpreter, cwd, ephemeral } = this.options;
    const { state } = this.worker;
    return {
      sessionId: this.id,
      name: this.#name,
      language: language.id,
      state: state === 'idle' && this.#running ? 'busy' : state,
      interpreter: { path: interpreter.path, version: interpreter.version, origin: interpreter.origin },
      cwd,
      ephemeral,
      level: this.security.level,
      floor: this.#floor?.name ?? null,
      running: this.#running?.id ?? null,
      queued: this.#queue.length,
      waiting: this.#queue.ids.slice(0, MAX_WAITING),
      createdAt: this.createdAt,
      ...this.worker.info,
    };
  }

  /**
   * Queues a cell; one that was asked for before is not queued again.
   * @returns how many executions are before it.
   * @throws HoldfastError `conflict` when the queue is full.
   */
  execute(request: ExecutionRequest): number {
    if (this.#queue.seen(request.executionId)) return this.#queue.length;
    const position = this.#queue.length + (this.#running ? 1 : 0);
    const execution = new Execution(request, this.#executionHost);
    this.#queue.add(execution);
    this.#open.add(execution);
    this.options.history.queued(request, this);
    const { executionId, dialect, source, client, batch, origin, code } = request;
    this.journal.tell(
      { kind: 'queued', executionId, dialect, source, client, origin },
      code.byteLength > MAX_KEPT_CODE_BYTES ? undefined : code,
    );
    if (this.#queue.isStopped(batch)) this.#queue.remove(executionId)?.end(cancelledInQueue(BATCH_STOPPED));
    else if (!this.worker.exists) this.worker.start();
    this.#next();
    this.#changed();
    return position;
  }

  /** Cancels one execution, queued or running. Settles when it has ended; at once when it has already. */
  async cancel(executionId: string): Promise<void> {
    if (this.#running?.id === executionId) {
      const execution = this.#running;
      this.#ladder ??= this.#climb(executionId);
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

  /** Replaces the worker by a new one with an empty namespace. What runs or waits is lost. */
  async restart(): Promise<void> {
    const reason = 'The session was restarted.';
    this.#loseWaiting(reason, '');
    this.worker.forgive();
    await this.worker.end(reason, 'start');
  }

  /** Ends the worker and deletes the output. What runs or waits is lost. */
  async close(): Promise<void> {
    const reason = 'The session was ended.';
    this.#loseWaiting(reason, '');
    this.checkpoints.began();
    this.worker.leave();
    await this.worker.end(reason, 'nothing');
    await this.#floor?.close();
    await Promise.all(Array.from(this.#open, ({ ended }) => ended));
    await this.journal.close();
  }

  get #workerSpec(): WorkerSpec {
    const { language, interpreter, workers, env, envFile, cwd } = this.options;
    const plain = language.command(interpreter, workers, withEnvFile(env, envFile));
    const command = this.#floor?.wrap(plain) ?? plain;
    return { command, cwd, watched: interpreter.watched };
  }

  readonly #workerHost: SessionWorkerHost = {
    ready: () => void this.#recover(),
    message: (message, payload) => this.#receive(message, payload),
    output: (stream, executionId, bytes) => this.#output(stream, executionId, bytes),
    outputEnded: (stream, executionId) => this.#ifRunning(executionId)?.outputEnded(stream),
    ended: (end) => this.#workerEnded(end),
    changed: () => this.#changed(),
  };

  readonly #executionHost: ExecutionHost = {
    tell: (event, payload) => this.journal.tell(event, payload),
    output: (stream, executionId, bytes) => this.journal.output(stream, executionId, bytes),
    isHeld: () => this.journal.held,
    record: (execution, outcome, payload) => this.#record(execution, outcome, payload),
    ended: (execution, outcome) => this.#executionEnded(execution, outcome),
  };

  #next(): void {
    if (this.#running || this.#recovering || !this.worker.ready) return;
    const execution = this.#queue.shift();
    if (execution) this.#begin(execution);
    else if (!this.options.ephemeral) {
      this.worker.rested();
      this.checkpoints.rested();
    }
  }

  #begin(execution: Execution): void {
    const { executionId, dialect, source, code } = execution.request;
    const { language, settings } = this.options;
    const { router } = this.worker;
    const plan = planCell({ code: decoder.decode(code), dialect, language, router, settings: settings() });
    this.#running = execution;
    this.worker.used();
    this.checkpoints.began();
    execution.begin();
    this.options.history.began(executionId);
    if ('message' in plan) {
      execution.end({ status: 'failed', mode: 'unknown', seconds: 0, error: plan });
      return;
    }
    const policy = this.security.begin(execution.request);
    if (policy) this.worker.send(policy);
    this.worker.send({ type: 'execute', executionId, dialect, source, ...plan }, code);
  }

  /** A worker is ready: what its predecessor took with it is brought back before anything runs. */
  async #recover(): Promise<void> {
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss) {
      this.#recovering = true;
      const recovery = await recover(this, this.options.checkpoints, loss);
      this.#recovering = false;
      // The outcome of a cancelled execution has named them already.
      if (recovery.checkpoint || !loss.cancelled) this.journal.tell({ kind: 'recovered', recovery });
    }
    this.#next();
  }

  #ifRunning(executionId: string | null): Execution | undefined {
    return this.#running?.id === executionId ? this.#running : undefined;
  }

  #receive(message: CellMessage, payload: Uint8Array): void {
    switch (message.type) {
      case 'started':
        this.#ifRunning(message.executionId)?.started(message.mode);
        return;
      case 'output':
        this.#output(message.stream, message.executionId, payload);
        return;
      case 'display':
        this.journal.tell({ kind: 'display', executionId: message.executionId, parts: message.parts }, payload);
        return;
      case 'capability_request': {
        const { requestId } = message;
        this.broker.request(message, payload, (answer, content) =>
          this.worker.send({ type: 'capability_response', requestId, answer }, content),
        );
        return;
      }
      case 'capability_abandoned':
        this.broker.abandonRequest(message.requestId);
        return;
      case 'progress': {
        const { executionId, progressId, label, done, total, state } = message;
        this.journal.tell({ kind: 'progress', executionId, progressId, label, done, total, state });
        return;
      }
      case 'namespace_changed': {
        const { changed, deleted, total, truncated } = message;
        this.checkpoints.changed(changed.map(({ name }) => name));
        this.journal.tell({ kind: 'namespace_changed', changed, deleted, total, truncated, reset: false });
        return;
      }
      case 'result':
      case 'error':
        this.#ifRunning(message.executionId)?.terminal(outcomeOf(message, this.#ladder?.seconds ?? 0), payload);
        return;
      default:
        unreachable(message);
    }
  }

  #output(stream: Stream, executionId: string | null, bytes: Uint8Array): void {
    const running = this.#ifRunning(executionId);
    if (running) running.output(stream, bytes);
    else this.journal.output(stream, executionId, bytes);
  }

  /** What it printed is with the system before its outcome is on disk: it can be read after a crash of the backend. */
  async #record({ id }: Execution, outcome: Outcome, payload?: Uint8Array): Promise<void> {
    await Promise.all([this.options.history.ended(id, outcome, payload), this.journal.written()]);
  }

  #executionEnded(execution: Execution, { status }: Outcome): void {
    this.#open.delete(execution);
    if (this.#running === execution) {
      this.#ladder?.stop();
      this.#ladder = undefined;
      this.#running = undefined;
      this.journal.draining = false;
    }
    // What a task or a thread has asked for that goes on is still waited for.
    if (status === 'cancelled' && !this.options.language.givesUpByItself) this.broker.abandon(execution.id);
    const { batch } = execution.request;
    if (batch !== null && status !== 'succeeded') {
      for (const waiting of this.#queue.stopBatch(batch)) waiting.end(cancelledInQueue(BATCH_STOPPED));
    }
    this.#next();
    this.#changed();
  }

  #climb(executionId: string): CancelLadder {
    // A reader that does not read must not keep the worker's answer from us.
    this.journal.draining = true;
    return new CancelLadder(
      {
        ask: (rung) => {
          if (rung === 'cooperative') this.worker.send({ type: 'cancel', executionId });
          else this.worker.send({ type: 'interrupt', executionId, rung });
          if (rung === 'interrupt' || rung === 'force') this.worker.nudge();
        },
        kill: () => void this.worker.end(null, 'start'),
      },
      this.options.settings().cancel,
    );
  }

  #workerEnded({ reason, stderrTail, wasReady, onPurpose, again }: WorkerEnd): void {
    const running = this.#running;
    const cancelled = this.#ladder !== undefined;
    if (running && this.#ladder)
      running.end(killed(running.seconds, this.#ladder.seconds, this.worker.variables.names));
    else running?.end(lostWith(reason, stderrTail, running.seconds));
    // What waits behind a cell that took the worker with it counted on that cell. Behind a cancelled one it may still run.
    if (!onPurpose && (wasReady || !again)) this.#loseWaiting(reason, stderrTail);
    this.broker.abandon();
    this.security.reset();
    // Not again when bringing it back is what ended the worker.
    const mourned = (!onPurpose || cancelled) && !this.#recovering && !this.options.ephemeral;
    const { names } = this.worker.variables;
    if (mourned && names.length > 0) this.#loss = { names, newer: new Set(this.checkpoints.newer), cancelled };
    const nothing = { changed: [], deleted: [], total: 0, truncated: false };
    this.journal.tell({ kind: 'namespace_changed', ...nothing, reset: true });
  }

  #loseWaiting(reason: string, stderrTail: string): void {
    for (const waiting of this.#queue.clear()) waiting.end(lostWith(reason, stderrTail, 0));
  }

  #changed(): void {
    this.options.changed(this);
  }
}
