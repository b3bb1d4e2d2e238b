import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Broker } from '../capabilities/broker.ts';
import { CancelLadder } from '../execution/cancel-ladder.ts';
import { planCell } from '../execution/plan.ts';
import { Router } from '../execution/router.ts';
import { log } from '../log.ts';
import {
  type BackendSettings,
  MAX_WAITING,
  type Outcome,
  type SessionInfo,
  type SessionState,
} from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { unreachable } from '../protocol/unreachable.ts';
import type { BackgroundTask, Stream, Variable } from '../protocol/values.ts';
import type { FromWorker } from '../protocol/worker/index.ts';
import type { Interpreter, Language } from '../workers/language.ts';
import { withEnvFile } from './environment.ts';
import { Execution, type ExecutionHost, type ExecutionRequest } from './execution.ts';
import { describeExit } from './exit-reason.ts';
import { Journal } from './journal.ts';
import { KnownVariables } from './known-variables.ts';
import { cancelledInQueue, killed, lostWith, outcomeOf } from './outcomes.ts';
import type { Pool } from './pool.ts';
import { PoolSeat } from './pool-seat.ts';
import { Replies } from './replies.ts';
import { RunQueue } from './run-queue.ts';
import { Supervisor } from './supervisor.ts';
import { type WorkerExit, type WorkerListener, WorkerProcess } from './worker-process.ts';

export interface SessionOptions {
  readonly name: string;
  readonly language: Language;
  readonly interpreter: Interpreter;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path of a file whose variables are added to `env`, read at each start of a worker. */
  readonly envFile: string | null;
  readonly ephemeral: boolean;
  /** Absolute path of the built workers. */
  readonly workers: string;
  /** Absolute path of the folder below which each session has one for its output. */
  readonly output: string;
  /** Has a started worker, perhaps. */
  readonly pool: Pool;
  /** What is in force now. */
  readonly settings: () => BackendSettings;
  /** Told when what `info` says may have changed. */
  readonly changed: (session: Session) => void;
}

const decoder = new TextDecoder();

const NO_TASKS = { tasks: [], total: 0 };
const BATCH_STOPPED = 'A cell before it in the same run did not succeed.';

type TaskStatus = Extract<FromWorker, { type: 'task_cancelled' }>['status'];

/** One worker process with one namespace: runs executions one after the other and records what happens. */
export class Session {
  readonly id = randomUUID();
  readonly createdAt = Date.now();
  readonly options: SessionOptions;
  readonly journal: Journal;
  readonly broker: Broker;
  readonly #supervisor = new Supervisor(
    () => this.#start(),
    () => this.#changed(),
  );
  readonly #seat: PoolSeat;
  readonly #queue = new RunQueue();
  readonly #inspections = new Replies<{ variables: Variable[]; total: number }>(
    'The session is in code that does not let its variables be looked at.',
  );
  readonly #cancelledTasks = new Replies<TaskStatus>(
    'The session is in code that does not let its tasks be cancelled.',
  );
  readonly #variables = new KnownVariables();
  #name: string;
  #worker: WorkerProcess | undefined;
  #ready = false;
  #router = new Router();
  #running: Execution | undefined;
  #ladder: CancelLadder | undefined;
  #heartbeat: { readonly memory: number; readonly cpuPercent: number } | undefined;
  #tasks: { readonly tasks: BackgroundTask[]; readonly total: number } = NO_TASKS;
  #exit: string | null = null;
  /** The worker is being ended on purpose: why, and what comes once it has gone. */
  #ending: { readonly reason: string | null; readonly next: 'start' | 'nothing' } | undefined;
  #gone: (() => void)[] = [];

  constructor(options: SessionOptions) {
    this.options = options;
    this.#name = options.name;
    this.#seat = new PoolSeat(options.pool);
    this.journal = new Journal({
      folder: path.join(options.output, this.id),
      maxBytes: () => options.settings().output.maxBytes,
      hold: (held) => this.#hold(held),
    });
    this.broker = new Broker(this.id, {
      opened: (prompt) => this.journal.tell({ kind: 'prompt_opened', prompt }),
      closed: (promptId, reason) => this.journal.tell({ kind: 'prompt_closed', promptId, reason }),
    });
    this.#start();
  }

  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.#changed();
  }

  get state(): SessionState {
    if (!this.#worker) return this.#supervisor.restarting ? 'starting' : 'dead';
    if (!this.#ready) return 'starting';
    if (this.#supervisor.unresponsiveSince !== null) return 'unresponsive';
    return this.#running ? 'busy' : 'idle';
  }

  get busy(): boolean {
    return this.#running !== undefined || this.#queue.length > 0;
  }

  get info(): SessionInfo {
    const { language, interpreter, cwd, ephemeral } = this.options;
    return {
      sessionId: this.id,
      name: this.#name,
      language: language.id,
      state: this.state,
      interpreter: { path: interpreter.path, version: interpreter.version, origin: interpreter.origin },
      cwd,
      pid: this.#worker?.pid ?? null,
      ephemeral,
      running: this.#running?.id ?? null,
      queued: this.#queue.length,
      waiting: this.#queue.ids.slice(0, MAX_WAITING),
      memory: this.#heartbeat?.memory ?? null,
      cpuPercent: this.#heartbeat?.cpuPercent ?? null,
      variables: this.#variables.total,
      tasks: this.#tasks.tasks,
      totalTasks: this.#tasks.total,
      unresponsiveSince: this.#supervisor.unresponsiveSince,
      exit: this.#exit,
      createdAt: this.createdAt,
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
    this.#queue.add(new Execution(request, this.#host));
    const { executionId, dialect, source, client, batch } = request;
    this.journal.tell({ kind: 'queued', executionId, dialect, source, client });
    if (this.#queue.isStopped(batch)) this.#queue.remove(executionId)?.end(cancelledInQueue(BATCH_STOPPED));
    else if (!this.#worker) this.#start();
    this.#next();
    this.#changed();
    return position;
  }

  /** Cancels one execution, queued or running. Settles when it has ended; at once when it has already. */
  async cancel(executionId: string): Promise<void> {
    if (this.#running?.id === executionId) {
      const execution = this.#running;
      this.#ladder ??= this.#climb(execution);
      await execution.ended;
      return;
    }
    this.#queue.remove(executionId)?.end(cancelledInQueue(null));
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
    this.#supervisor.reset();
    await this.#end('The session was restarted.', 'start');
  }

  /** Ends the worker and deletes the output. What runs or waits is lost. */
  async close(): Promise<void> {
    this.#seat.leave();
    await this.#end('The session was ended.', 'nothing');
    await this.journal.close();
  }

  /** A page of the namespace, empty while the worker starts. @throws HoldfastError `timeout`, `closed` */
  async inspect(start: number, count: number): Promise<{ variables: Variable[]; total: number }> {
    if (!this.#worker || !this.#ready) return { variables: [], total: 0 };
    return this.#inspections.wait(this.#worker.send({ type: 'inspect', start, count }));
  }

  /** Cancels one of the background tasks. @throws HoldfastError `timeout`, `closed`, `unavailable` */
  async cancelTask(taskId: number): Promise<TaskStatus> {
    if (!this.#worker || !this.#ready)
      throw new HoldfastError('unavailable', 'The session runs nothing: it has no worker.');
    return this.#cancelledTasks.wait(this.#worker.send({ type: 'cancel_task', taskId }));
  }

  readonly #host: ExecutionHost = {
    tell: (event, payload) => this.journal.tell(event, payload),
    output: (stream, executionId, bytes) => this.journal.output(stream, executionId, bytes),
    isHeld: () => this.journal.held,
    ended: (execution, outcome) => this.#executionEnded(execution, outcome),
  };

  #start(): void {
    const { language, interpreter, workers, env, envFile, cwd } = this.options;
    this.#ready = false;
    this.#router = new Router();
    this.#supervisor.started();
    const spec = {
      command: language.command(interpreter, workers, withEnvFile(env, envFile)),
      cwd,
      watched: interpreter.watched,
    };
    const listener: WorkerListener = {
      message: (message, payload) => this.#receive(message, payload),
      output: (stream, executionId, bytes) => this.#output(stream, executionId, bytes),
      outputEnded: (stream, executionId) => this.#ifRunning(executionId)?.outputEnded(stream),
      exited: (exit) => this.#exited(exit),
    };
    const waiting = this.#seat.take(spec);
    this.#worker = waiting ?? new WorkerProcess(spec.command, spec.cwd, listener);
    waiting?.adopt(listener);
    if (this.journal.held) this.#worker.hold(true);
  }

  #next(): void {
    if (this.#running || !this.#ready || !this.#worker) return;
    const execution = this.#queue.shift();
    if (!execution) {
      if (!this.options.ephemeral) this.#seat.rested();
      return;
    }
    const { executionId, dialect, source, code } = execution.request;
    const { language, settings } = this.options;
    const text = decoder.decode(code);
    const plan = planCell({ code: text, dialect, language, router: this.#router, settings: settings() });
    this.#running = execution;
    this.#exit = null;
    execution.begin();
    if ('message' in plan) execution.end({ status: 'failed', mode: 'unknown', seconds: 0, error: plan });
    else this.#worker.send({ type: 'execute', executionId, dialect, source, ...plan }, code);
  }

  #ifRunning(executionId: string | null): Execution | undefined {
    return this.#running?.id === executionId ? this.#running : undefined;
  }

  #receive(message: FromWorker, payload: Uint8Array): void {
    if (!this.journal.held) this.#supervisor.heard();
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#supervisor.ready();
        this.#next();
        this.#changed();
        return;
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
        const worker = this.#worker;
        const { requestId } = message;
        this.broker.request(message, (answer) => worker?.send({ type: 'capability_response', requestId, answer }));
        return;
      }
      case 'namespace_changed':
        this.#namespaceChanged(message);
        return;
      case 'inspected':
        this.#inspections.answer(message.replyTo, { variables: message.variables, total: message.total });
        return;
      case 'result':
      case 'error':
        this.#ifRunning(message.executionId)?.terminal(outcomeOf(message, this.#ladder?.seconds ?? 0), payload);
        return;
      case 'heartbeat':
        this.#heartbeat = { memory: message.memory, cpuPercent: message.cpuPercent };
        this.#variables.total = message.namespaceSize;
        this.#changed();
        return;
      case 'tasks_changed':
        this.#tasks = { tasks: message.tasks, total: message.total };
        this.#changed();
        return;
      case 'task_cancelled':
        this.#cancelledTasks.answer(message.replyTo, message.status);
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

  #namespaceChanged({ changed, deleted, total, truncated }: Extract<FromWorker, { type: 'namespace_changed' }>): void {
    this.#variables.apply(changed, deleted, total);
    this.journal.tell({ kind: 'namespace_changed', changed, deleted, total, truncated, reset: false });
  }

  #executionEnded(execution: Execution, { status }: Outcome): void {
    if (this.#running === execution) {
      this.#ladder?.stop();
      this.#ladder = undefined;
      this.#running = undefined;
      this.journal.draining = false;
    }
    this.broker.abandon(execution.id);
    const { batch } = execution.request;
    if (batch !== null && status !== 'succeeded') {
      for (const waiting of this.#queue.stopBatch(batch)) waiting.end(cancelledInQueue(BATCH_STOPPED));
    }
    this.#next();
    this.#changed();
  }

  #climb(execution: Execution): CancelLadder {
    const worker = this.#worker;
    const executionId = execution.id;
    // A reader that does not read must not keep the worker's answer from us.
    this.journal.draining = true;
    return new CancelLadder(
      {
        ask: (rung) => {
          if (rung === 'cooperative') worker?.send({ type: 'cancel', executionId });
          else worker?.send({ type: 'interrupt', executionId, rung });
        },
        kill: () => {
          this.#ending ??= { reason: null, next: 'start' };
          worker?.kill();
        },
      },
      this.options.settings().cancel,
    );
  }

  async #end(reason: string, next: 'start' | 'nothing'): Promise<void> {
    for (const waiting of this.#queue.clear()) waiting.end(lostWith(reason, '', 0));
    if (!this.#worker) {
      if (next === 'start') this.#start();
      else this.#supervisor.stop();
      this.#changed();
      return;
    }
    this.#ending = { reason, next };
    const gone = new Promise<void>((resolve) => this.#gone.push(resolve));
    this.#worker.kill();
    await gone;
  }

  #exited(exit: WorkerExit): void {
    const ending = this.#ending;
    const wasReady = this.#ready;
    const hopeless = this.#worker?.pid === undefined;
    const reason = ending?.reason ?? describeExit(exit);
    if (!ending) log(`Session ${this.id}: ${reason}`);
    this.#ending = undefined;
    this.#worker = undefined;
    this.#ready = false;
    this.#heartbeat = undefined;
    this.#tasks = NO_TASKS;
    this.#exit = ending?.next === 'start' ? null : reason;
    this.#supervisor.stop();
    const again = ending ? ending.next === 'start' : this.#supervisor.died({ wasReady, hopeless });
    this.#settleRunning(reason, exit.stderrTail);
    // What waits behind a cell that took the worker with it counted on that cell. Behind a cancelled one it may still run.
    if (!ending && (wasReady || !again)) {
      for (const waiting of this.#queue.clear()) waiting.end(lostWith(reason, exit.stderrTail, 0));
    }
    this.#inspections.close(reason);
    this.#cancelledTasks.close(reason);
    this.broker.abandon();
    this.#variables.clear();
    const nothing = { changed: [], deleted: [], total: 0, truncated: false };
    this.journal.tell({ kind: 'namespace_changed', ...nothing, reset: true });
    if (ending && again) this.#start();
    this.#changed();
    const gone = this.#gone;
    this.#gone = [];
    for (const resolve of gone) resolve();
  }

  #settleRunning(reason: string, stderrTail: string): void {
    const running = this.#running;
    if (!running) return;
    const { seconds } = running;
    if (!this.#ladder) running.end(lostWith(reason, stderrTail, seconds));
    else running.end(killed(seconds, this.#ladder.seconds, this.#variables.names));
  }

  #hold(held: boolean): void {
    this.#worker?.hold(held);
    if (held) this.#supervisor.paused();
    else if (this.#ready) this.#supervisor.heard();
  }

  #changed(): void {
    this.options.changed(this);
  }
}
