import { randomUUID } from 'node:crypto';
import { Broker } from '../capabilities/broker.ts';
import { CancelLadder } from '../execution/cancel-ladder.ts';
import { log } from '../log.ts';
import type { SessionEvent, SessionInfo, SessionState } from '../protocol/client/index.ts';
import { unreachable } from '../protocol/unreachable.ts';
import type { BackgroundTask, Stream } from '../protocol/values.ts';
import type { FromWorker } from '../protocol/worker/index.ts';
import type { Interpreter, Language } from '../workers/language.ts';
import { EventLog } from './event-log.ts';
import { Execution, type ExecutionHost, type ExecutionRequest } from './execution.ts';
import { describeExit } from './exit-reason.ts';
import { Inspections, type NamespacePage } from './inspections.ts';
import { KnownVariables } from './known-variables.ts';
import { CANCELLED_IN_QUEUE, outcomeOf } from './outcomes.ts';
import { OutputBatcher } from './output-batcher.ts';
import { RunQueue } from './run-queue.ts';
import { type WorkerExit, WorkerProcess } from './worker-process.ts';

export interface SessionOptions {
  readonly name: string;
  readonly language: Language;
  readonly interpreter: Interpreter;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly ephemeral: boolean;
  /** Absolute path of the built workers. */
  readonly workers: string;
  /** Told when what `info` says may have changed. */
  readonly changed: (session: Session) => void;
}

/** One worker process with one namespace: runs executions one after the other and logs what happens. */
export class Session {
  readonly id = randomUUID();
  readonly createdAt = Date.now();
  readonly options: SessionOptions;
  readonly log = new EventLog((held) => this.#hold(held));
  readonly broker: Broker;
  readonly #batcher = new OutputBatcher((stream, executionId, bytes) => {
    this.log.append({ kind: 'output', executionId, stream }, bytes);
  });
  readonly #queue = new RunQueue();
  readonly #inspections = new Inspections();
  readonly #variables = new KnownVariables();
  #worker: WorkerProcess | undefined;
  #ready = false;
  #running: Execution | undefined;
  #ladder: CancelLadder | undefined;
  #held = false;
  #heartbeat: { readonly memory: number; readonly cpuPercent: number } | undefined;
  #tasks: { readonly tasks: BackgroundTask[]; readonly total: number } = { tasks: [], total: 0 };
  #exit: string | null = null;
  /** The worker is being ended on purpose: why, and what comes once it has gone. */
  #ending: { readonly reason: string | null; readonly next: 'start' | 'nothing' } | undefined;
  #gone: (() => void)[] = [];

  constructor(options: SessionOptions) {
    this.options = options;
    this.broker = new Broker(this.id, {
      opened: (prompt) => this.#tell({ kind: 'prompt_opened', prompt }),
      closed: (promptId, reason) => this.#tell({ kind: 'prompt_closed', promptId, reason }),
    });
    this.#start();
  }

  get state(): SessionState {
    if (!this.#worker) return 'dead';
    if (!this.#ready) return 'starting';
    return this.#running ? 'busy' : 'idle';
  }

  get busy(): boolean {
    return this.#running !== undefined || this.#queue.length > 0;
  }

  get info(): SessionInfo {
    const { name, language, interpreter, cwd, ephemeral } = this.options;
    return {
      sessionId: this.id,
      name,
      language: language.id,
      state: this.state,
      interpreter: { path: interpreter.path, version: interpreter.version, origin: interpreter.origin },
      cwd,
      pid: this.#worker?.pid ?? null,
      ephemeral,
      running: this.#running?.id ?? null,
      queued: this.#queue.length,
      memory: this.#heartbeat?.memory ?? null,
      cpuPercent: this.#heartbeat?.cpuPercent ?? null,
      variables: this.#variables.total,
      tasks: this.#tasks.tasks,
      totalTasks: this.#tasks.total,
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
    const { executionId, dialect, source, client } = request;
    this.#tell({ kind: 'queued', executionId, dialect, source, client });
    if (!this.#worker) this.#start();
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
    this.#queue.remove(executionId)?.end(CANCELLED_IN_QUEUE);
  }

  /** Cancels everything. @returns the ids of what was cancelled. */
  async interrupt(): Promise<string[]> {
    const queued = this.#queue.clear();
    for (const execution of queued) execution.end(CANCELLED_IN_QUEUE);
    const running = this.#running;
    if (running) await this.cancel(running.id);
    return [...(running ? [running.id] : []), ...queued.map(({ id }) => id)];
  }

  /** Replaces the worker by a new one with an empty namespace. What runs or waits is lost. */
  async restart(): Promise<void> {
    await this.#end('The session was restarted.', 'start');
  }

  /** Ends the worker. What runs or waits is lost. */
  async kill(): Promise<void> {
    await this.#end('The session was ended.', 'nothing');
  }

  /** A page of the namespace, empty while the worker starts. @throws HoldfastError `timeout`, `closed` */
  async inspect(start: number, count: number): Promise<NamespacePage> {
    if (!this.#worker || !this.#ready) return { variables: [], total: 0 };
    return this.#inspections.wait(this.#worker.send({ type: 'inspect', start, count }));
  }

  readonly #host: ExecutionHost = {
    tell: (event, payload) => this.#tell(event, payload),
    output: (stream, executionId, bytes) => this.#batcher.push(stream, executionId, bytes),
    isHeld: () => this.#held,
    ended: (execution) => this.#executionEnded(execution),
  };

  #start(): void {
    const { language, interpreter, workers, env, cwd } = this.options;
    this.#ready = false;
    this.#worker = new WorkerProcess(language.command(interpreter, workers, env), cwd, {
      message: (message, payload) => this.#receive(message, payload),
      output: (stream, executionId, bytes) => this.#output(stream, executionId, bytes),
      outputEnded: (stream, executionId) => this.#ifRunning(executionId)?.outputEnded(stream),
      exited: (exit) => this.#exited(exit),
    });
    if (this.#held) this.#worker.hold(true);
  }

  #next(): void {
    if (this.#running || !this.#ready || !this.#worker) return;
    const execution = this.#queue.shift();
    if (!execution) return;
    const { executionId, dialect, source, code } = execution.request;
    this.#running = execution;
    execution.begin();
    this.#worker.send(
      { type: 'execute', executionId, dialect, source, mode: null, thread: 'never', autoreload: false },
      code,
    );
  }

  #ifRunning(executionId: string | null): Execution | undefined {
    return this.#running?.id === executionId ? this.#running : undefined;
  }

  #receive(message: FromWorker, payload: Uint8Array): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#exit = null;
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
        this.#tell({ kind: 'display', executionId: message.executionId, parts: message.parts }, payload);
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
        return;
      default:
        unreachable(message);
    }
  }

  #output(stream: Stream, executionId: string | null, bytes: Uint8Array): void {
    const running = this.#ifRunning(executionId);
    if (running) running.output(stream, bytes);
    else this.#batcher.push(stream, executionId, bytes);
  }

  #namespaceChanged({ changed, deleted, total, truncated }: Extract<FromWorker, { type: 'namespace_changed' }>): void {
    this.#variables.apply(changed, deleted, total);
    this.#tell({ kind: 'namespace_changed', changed, deleted, total, truncated, reset: false });
  }

  #executionEnded(execution: Execution): void {
    if (this.#running === execution) {
      this.#ladder?.stop();
      this.#ladder = undefined;
      this.#running = undefined;
      this.log.draining = false;
    }
    this.broker.abandon(execution.id);
    this.#next();
    this.#changed();
  }

  #climb(execution: Execution): CancelLadder {
    const worker = this.#worker;
    const executionId = execution.id;
    // A reader that does not read must not keep the worker's answer from us.
    this.log.draining = true;
    return new CancelLadder({
      ask: (rung) => {
        if (rung === 'cooperative') worker?.send({ type: 'cancel', executionId });
        else worker?.send({ type: 'interrupt', executionId, rung });
      },
      kill: () => {
        this.#ending ??= { reason: null, next: 'start' };
        worker?.kill();
      },
    });
  }

  async #end(reason: string, next: 'start' | 'nothing'): Promise<void> {
    for (const waiting of this.#queue.clear()) waiting.end({ status: 'lost', seconds: 0, reason, stderrTail: '' });
    if (!this.#worker) {
      if (next === 'start') this.#start();
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
    const reason = ending?.reason ?? describeExit(exit);
    if (!ending) log(`Session ${this.id}: ${reason}`);
    this.#ending = undefined;
    this.#worker = undefined;
    this.#ready = false;
    this.#heartbeat = undefined;
    this.#exit = reason;
    this.#settleExecutions(reason, exit.stderrTail, ending !== undefined);
    this.#inspections.close(reason);
    this.broker.abandon();
    this.#variables.clear();
    this.#tell({ kind: 'namespace_changed', changed: [], deleted: [], total: 0, truncated: false, reset: true });
    if (ending?.next === 'start') this.#start();
    this.#changed();
    const gone = this.#gone;
    this.#gone = [];
    for (const resolve of gone) resolve();
  }

  #settleExecutions(reason: string, stderrTail: string, onPurpose: boolean): void {
    // What waits behind a cell that took the worker with it counted on that cell. Behind a cancelled one it may still run.
    const waiting = onPurpose ? [] : this.#queue.clear();
    const running = this.#running;
    if (running && this.#ladder) {
      const cancelSeconds = this.#ladder.seconds;
      const lost = this.#variables.names;
      running.end({ status: 'cancelled', seconds: running.seconds, rung: 'kill', cancelSeconds, lost, error: null });
    } else running?.end({ status: 'lost', seconds: running.seconds, reason, stderrTail });
    for (const execution of waiting) execution.end({ status: 'lost', seconds: 0, reason, stderrTail });
  }

  /** Logs an event behind all output that came before it. */
  #tell(event: SessionEvent, payload?: Uint8Array): void {
    this.#batcher.flush();
    this.log.append(event, payload);
  }

  #hold(held: boolean): void {
    this.#held = held;
    this.#worker?.hold(held);
  }

  #changed(): void {
    this.options.changed(this);
  }
}
