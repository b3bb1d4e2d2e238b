import { Router } from '../execution/router.ts';
import { log } from '../log.ts';
import type { SessionMachine } from '../machines/session-machine.ts';
import type { SessionInfo, SessionState } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { BackgroundTask, Stream } from '../protocol/values.ts';
import type { FromWorker } from '../protocol/worker/index.ts';
import type { EarlyWorker } from './early-worker.ts';
import { describeExit } from './exit-reason.ts';
import { KnownVariables } from './known-variables.ts';
import type { Pool } from './pool.ts';
import { PoolSeat } from './pool-seat.ts';
import { Replies, type WaitOptions } from './replies.ts';
import { Supervisor } from './supervisor.ts';
import {
  type Outgoing,
  type SessionProcess,
  type WorkerExit,
  type WorkerListener,
  WorkerProcess,
} from './worker-process.ts';
import type { WorkerSpec } from './worker-spec.ts';

const NO_TASKS = { tasks: [], total: 0 };

/** A copy that has not taken over by then is stuck, and ended. */
const THAW_MS = 10_000;
const LATE = 'The session did not answer in time: it may be in code that lets nothing else be done.';

export type Thawed = Extract<FromWorker, { type: 'thawed' }>;
type Part = Extract<FromWorker, { type: 'checkpoint_part' }>;
type Reply = Exclude<Extract<FromWorker, { replyTo: number }>, Part>;
type ReplyType = Reply['type'];
type Request = Extract<
  Outgoing,
  {
    type:
      | 'inspect'
      | 'cancel_task'
      | 'inspect_value'
      | 'complete'
      | 'edit_namespace'
      | 'read_value'
      | 'checkpoint'
      | 'restore'
      | 'undo';
  }
>;

/** A message with `replyTo`. */
export interface WorkerReply<Type extends ReplyType = ReplyType> {
  readonly message: Extract<Reply, { type: Type }>;
  readonly payload: Uint8Array;
}

/** Bytes that come before an answer. */
export interface WorkerPart {
  readonly part: number;
  readonly payload: Uint8Array;
}

/** What a worker tells of the cells that it runs; the rest stays here. */
export type CellMessage = Exclude<
  FromWorker,
  Reply | Part | { type: 'ready' | 'heartbeat' | 'tasks_changed' | 'thawed' }
>;

/** How a worker came to its end. */
export interface WorkerEnd {
  /** In words. */
  readonly reason: string;
  /** What it wrote on standard error last. */
  readonly stderrTail: string;
  /** It had come up before. */
  readonly wasReady: boolean;
  /** It was ended by us. */
  readonly onPurpose: boolean;
  /** Another one follows by itself. */
  readonly again: boolean;
}

export interface SessionWorkerHost {
  /** It can take a cell. */
  ready(): void;
  message(message: CellMessage, payload: Uint8Array): void;
  output(stream: Stream, executionId: string | null, bytes: Uint8Array): void;
  outputEnded(stream: Stream, executionId: string): void;
  /** It is gone; what was known of its namespace is forgotten behind this call. */
  ended(end: WorkerEnd): void;
  /** What a client is told of it may have changed. */
  changed(): void;
}

export interface SessionWorkerOptions {
  /** What to start, asked at each start. */
  readonly spec: () => WorkerSpec;
  readonly pool: Pool;
  /** May have the first one. */
  readonly early: EarlyWorker | null;
  /** Where they are started; null: here. */
  readonly machine: SessionMachine | null;
  readonly host: SessionWorkerHost;
}

/** The worker of one session, through all its processes: starts it, watches it, replaces it. */
export class SessionWorker {
  readonly variables = new KnownVariables();
  readonly #options: SessionWorkerOptions;
  readonly #host: SessionWorkerHost;
  readonly #seat: PoolSeat;
  readonly #supervisor = new Supervisor(
    () => this.start(),
    () => this.#changed(),
  );
  readonly #replies = new Replies<WorkerReply, WorkerPart>(LATE);
  /** Of this process: it knows what its cells have imported. */
  #router = new Router();
  #process: SessionProcess | undefined;
  #ready = false;
  #held = false;
  #heartbeat: { readonly memory: number; readonly cpuPercent: number } | undefined;
  #tasks: { readonly tasks: BackgroundTask[]; readonly total: number } = NO_TASKS;
  #exit: string | null = null;
  /** It is being ended on purpose: why, and what comes once it has gone. */
  #ending: { readonly reason: string | null; readonly next: 'start' | 'nothing' } | undefined;
  #gone: (() => void)[] = [];
  #started: (() => void)[] = [];
  /** A copy of the process is to take over. */
  #thawing: { resolve(thawed: Thawed): void; reject(error: Error): void } | undefined;

  constructor(options: SessionWorkerOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#seat = new PoolSeat(options.pool);
  }

  /** A process is there, ready or not. */
  get exists(): boolean {
    return this.#process !== undefined;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Settles when it is ready, or there is none that will be. */
  async untilStarted(): Promise<void> {
    if (this.state === 'starting') await new Promise<void>((resolve) => this.#started.push(resolve));
  }

  get router(): Router {
    return this.#router;
  }

  get state(): SessionState {
    if (!this.#process) return this.#supervisor.restarting ? 'starting' : 'dead';
    if (!this.#ready) return 'starting';
    return this.#supervisor.unresponsiveSince === null ? 'idle' : 'unresponsive';
  }

  get info(): Pick<
    SessionInfo,
    'pid' | 'memory' | 'cpuPercent' | 'variables' | 'tasks' | 'totalTasks' | 'unresponsiveSince' | 'exit'
  > {
    return {
      pid: this.#process?.pid ?? null,
      memory: this.#heartbeat?.memory ?? null,
      cpuPercent: this.#heartbeat?.cpuPercent ?? null,
      variables: this.variables.total,
      tasks: this.#tasks.tasks,
      totalTasks: this.#tasks.total,
      unresponsiveSince: this.#supervisor.unresponsiveSince,
      exit: this.#exit,
    };
  }

  start(): void {
    this.#ready = false;
    this.#router = new Router();
    this.#supervisor.started();
    const listener: WorkerListener = {
      message: (message, payload) => this.#receive(message, payload),
      output: (stream, executionId, bytes) => this.#host.output(stream, executionId, bytes),
      outputEnded: (stream, executionId) => this.#host.outputEnded(stream, executionId),
      exited: (exit) => this.#exited(exit),
    };
    this.#process = this.#options.machine?.start(listener) ?? this.#startHere(listener);
    if (this.#held) this.#process.hold(true);
  }

  #startHere(listener: WorkerListener): WorkerProcess {
    const spec = this.#options.spec();
    const waiting = this.#options.early?.take(spec) ?? this.#seat.take(spec);
    waiting?.adopt(listener);
    return waiting ?? new WorkerProcess(spec.command, spec.cwd, listener);
  }

  /** Sends to the process, if there is one. @returns the message's id. */
  send(message: Outgoing, payload?: Uint8Array): number | undefined {
    return this.#process?.send(message, payload);
  }

  /** See `WorkerProcess.nudge`. */
  nudge(): void {
    this.#process?.nudge();
  }

  /** A cell begins: why an earlier process ended is not of interest any more. */
  used(): void {
    this.#exit = null;
  }

  /** There is nothing to run: the time to start the next worker of this kind. */
  rested(): void {
    this.#seat.rested();
  }

  /** Stops reading what the program writes until released. */
  hold(held: boolean): void {
    this.#held = held;
    this.#process?.hold(held);
    if (held) this.#supervisor.paused();
    else if (this.#ready) this.#supervisor.heard();
  }

  /** A person wants a new worker: what went wrong before does not count. */
  forgive(): void {
    this.#supervisor.reset();
  }

  /** Ends the process. Settles when it has gone. @param reason in words; null when it says itself */
  async end(reason: string | null, next: 'start' | 'nothing'): Promise<void> {
    if (!this.#process) {
      if (next === 'start') this.start();
      else this.#supervisor.stop();
      this.#changed();
      return;
    }
    // Once a session is to end, nothing else brings a worker back.
    if (this.#ending?.next !== 'nothing') this.#ending = { reason, next };
    const gone = new Promise<void>((resolve) => this.#gone.push(resolve));
    this.#process.kill();
    await gone;
  }

  /** No other process will be needed. */
  leave(): void {
    this.#seat.leave();
  }

  /**
   * Asks the process for something that it answers beside its cells; undefined while there is none that could.
   * @throws HoldfastError `timeout`, `closed`
   */
  async ask<Type extends ReplyType>(
    request: Request,
    answer: Type,
    { bytes, ...options }: WaitOptions<WorkerPart> & { readonly bytes?: Uint8Array } = {},
  ): Promise<WorkerReply<Type> | undefined> {
    if (!this.#process || !this.#ready) return undefined;
    const { message, payload } = await this.#replies.wait(this.#process.send(request, bytes), options);
    if (isOf(answer, message)) return { message, payload };
    throw new HoldfastError('internal', `The worker answered ${request.type} with ${message.type}.`);
  }

  /**
   * Has the last cell taken back: a copy of the process from before it takes over, and gets what is sent meanwhile.
   * @throws HoldfastError `unavailable` with the reason, `conflict` while a cell runs, `timeout`, `closed`
   */
  async undo(): Promise<Thawed> {
    const process = this.#process;
    if (!process || !this.#ready) throw new HoldfastError('unavailable', 'The session has no worker that is ready.');
    if (!(process instanceof WorkerProcess))
      throw new HoldfastError('unavailable', 'Cells of a session on another machine cannot be undone.');
    const thawed = new Promise<Thawed>((resolve, reject) => {
      this.#thawing = { resolve, reject };
    });
    // When it is not waited for, the answer before it has said why.
    thawed.catch(() => {});
    const asked = this.#replies.wait(process.send({ type: 'undo' }));
    process.gate(true);
    try {
      const { message } = await asked;
      if (!isOf('undone', message))
        throw new HoldfastError('internal', `The worker answered undo with ${message.type}.`);
      const { outcome } = message;
      if (outcome.status === 'busy') throw new HoldfastError('conflict', 'A cell runs. Undo it when it has ended.');
      if (outcome.status === 'failed') throw new HoldfastError('unavailable', outcome.message);
      const late = setTimeout(() => process.kill(), THAW_MS);
      try {
        return await thawed;
      } finally {
        clearTimeout(late);
      }
    } finally {
      this.#thawing = undefined;
      process.gate(false);
    }
  }

  #changed(): void {
    this.#host.changed();
    if (this.state !== 'starting') for (const resolve of this.#started.splice(0)) resolve();
  }

  #receive(message: FromWorker, payload: Uint8Array): void {
    if (!this.#held) this.#supervisor.heard();
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#supervisor.ready();
        this.#host.ready();
        break;
      case 'heartbeat':
        this.#heartbeat = { memory: message.memory, cpuPercent: message.cpuPercent };
        this.variables.total = message.namespaceSize;
        break;
      case 'tasks_changed':
        this.#tasks = { tasks: message.tasks, total: message.total };
        break;
      case 'inspected':
      case 'task_cancelled':
      case 'value_inspected':
      case 'completed':
      case 'namespace_edited':
      case 'value_read':
      case 'checkpointed':
      case 'restored':
      case 'undone':
        this.#replies.answer(message.replyTo, { message, payload });
        return;
      case 'thawed':
        this.variables.clear();
        this.variables.apply(message.variables, [], message.total);
        this.#thawing?.resolve(message);
        break;
      case 'checkpoint_part':
        this.#replies.part(message.replyTo, { part: message.part, payload });
        return;
      case 'namespace_changed':
        this.variables.apply(message.changed, message.deleted, message.total);
        this.#host.message(message, payload);
        return;
      default:
        this.#host.message(message, payload);
        return;
    }
    this.#changed();
  }

  #exited(exit: WorkerExit): void {
    const ending = this.#ending;
    const wasReady = this.#ready;
    const hopeless = this.#process?.pid === undefined;
    const reason = ending?.reason ?? describeExit(exit);
    if (!ending) log(`A worker ended: ${reason}`);
    this.#ending = undefined;
    this.#process = undefined;
    this.#ready = false;
    this.#heartbeat = undefined;
    this.#tasks = NO_TASKS;
    this.#exit = ending?.next === 'start' ? null : reason;
    this.#supervisor.stop();
    const again = ending ? ending.next === 'start' : this.#supervisor.died({ wasReady, hopeless });
    this.#host.ended({ reason, stderrTail: exit.stderrTail, wasReady, onPurpose: ending !== undefined, again });
    this.#replies.close(reason);
    this.#thawing?.reject(new HoldfastError('closed', reason));
    this.variables.clear();
    if (ending && again) this.start();
    this.#changed();
    for (const resolve of this.#gone.splice(0)) resolve();
  }
}

function isOf<Type extends ReplyType>(type: Type, message: Reply): message is Extract<Reply, { type: Type }> {
  return message.type === type;
}
