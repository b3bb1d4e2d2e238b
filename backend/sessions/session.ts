import { randomUUID } from 'node:crypto';
import { Broker } from '../capabilities/broker.ts';
import { CancelLadder } from '../execution/cancel-ladder.ts';
import { log } from '../log.ts';
import type { Outcome, SessionInfo, SessionState } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Stream, Variable } from '../protocol/values.ts';
import type { FromWorker } from '../protocol/worker/index.ts';
import type { Interpreter, Language } from '../workers/language.ts';
import { EventLog } from './event-log.ts';
import { Execution, type ExecutionRequest } from './execution.ts';
import { describeExit } from './exit-reason.ts';
import { RunQueue } from './run-queue.ts';
import { type WorkerExit, WorkerProcess } from './worker-process.ts';

/** How long the end of the output is waited for after the terminal message, when user code has broken its own streams. */
const OUTPUT_GRACE_MS = 2_000;
const INSPECT_TIMEOUT_MS = 5_000;
/** Names that are remembered to say what a killed worker took with it. */
const MAX_KNOWN_VARIABLES = 1_000;

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

interface NamespacePage {
  readonly variables: Variable[];
  readonly total: number;
}

interface Inspection {
  resolve(page: NamespacePage): void;
  reject(error: HoldfastError): void;
}

/** One worker process with one namespace: runs executions one after the other and logs what happens. */
export class Session {
  readonly id = randomUUID();
  readonly createdAt = Date.now();
  readonly options: SessionOptions;
  readonly log: EventLog;
  readonly broker: Broker;
  readonly #queue = new RunQueue();
  readonly #inspections = new Map<number, Inspection>();
  readonly #known = new Set<string>();
  #worker: WorkerProcess | undefined;
  #ready = false;
  #running: Execution | undefined;
  #ladder: CancelLadder | undefined;
  #held = false;
  #heartbeat: { readonly memory: number; readonly cpuPercent: number } | undefined;
  #variables = 0;
  #exit: string | null = null;
  /** What happens once the worker that is being ended has gone. */
  #afterExit: 'start' | 'remove' | undefined;
  #gone: (() => void)[] = [];

  constructor(options: SessionOptions) {
    this.options = options;
    this.log = new EventLog((held) => this.#hold(held));
    this.broker = new Broker(this.id, {
      opened: (prompt) => this.log.append({ kind: 'prompt_opened', prompt }),
      closed: (promptId, reason) => this.log.append({ kind: 'prompt_closed', promptId, reason }),
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
      variables: this.#variables,
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
    this.#queue.add(new Execution(request));
    const { executionId, dialect, source, client } = request;
    this.log.append({ kind: 'queued', executionId, dialect, source, client });
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
    const queued = this.#queue.remove(executionId);
    if (queued) this.#endQueued(queued, 'queued');
  }

  /** Cancels everything. @returns the ids of what was cancelled. */
  async interrupt(): Promise<string[]> {
    const queued = this.#queue.clear();
    for (const execution of queued) this.#endQueued(execution, 'queued');
    const running = this.#running;
    if (running) await this.cancel(running.id);
    return [...(running ? [running.id] : []), ...queued.map(({ id }) => id)];
  }

  /** Replaces the worker by a new one with an empty namespace. */
  async restart(): Promise<void> {
    await this.#end('start', 'The session was restarted.');
  }

  /** Ends the worker for good. */
  async kill(): Promise<void> {
    await this.#end('remove', 'The session was ended.');
  }

  /** A page of the namespace. @throws HoldfastError `unavailable`, `timeout`, `closed` */
  inspect(start: number, count: number): Promise<NamespacePage> {
    const worker = this.#worker;
    if (!worker || !this.#ready) return Promise.resolve({ variables: [], total: 0 });
    return new Promise((resolve, reject) => {
      const id = worker.send({ type: 'inspect', start, count });
      const finish = () => {
        this.#inspections.delete(id);
        clearTimeout(timer);
      };
      const busy = () => {
        finish();
        reject(
          new HoldfastError(
            'timeout',
            `${this.options.name} is in code that cannot be interrupted to look at variables.`,
          ),
        );
      };
      const timer = setTimeout(busy, INSPECT_TIMEOUT_MS);
      this.#inspections.set(id, {
        resolve: (page) => {
          finish();
          resolve(page);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      });
    });
  }

  #start(): void {
    const { language, interpreter, workers, env, cwd } = this.options;
    const command = language.command(interpreter, workers, env);
    this.#ready = false;
    const worker: WorkerProcess = new WorkerProcess(command, cwd, {
      message: (message, payload) => this.#receive(message, payload),
      output: (stream, executionId, bytes) => this.#output(stream, executionId, bytes),
      outputEnded: (stream, executionId) => this.#outputEnded(stream, executionId),
      exited: (exit) => this.#exited(exit),
    });
    this.#worker = worker;
    if (this.#held) worker.hold(true);
  }

  #next(): void {
    if (this.#running || !this.#ready || !this.#worker) return;
    const execution = this.#queue.shift();
    if (!execution) return;
    const { executionId, dialect, source, code } = execution.request;
    this.#running = execution;
    execution.begin();
    this.#worker.send({ type: 'execute', executionId, dialect, source }, code);
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
        this.#started(message.executionId, message.mode);
        return;
      case 'output':
        this.#output(message.stream, message.executionId, payload);
        return;
      case 'display':
        this.log.append({ kind: 'display', executionId: message.executionId, parts: message.parts }, payload);
        return;
      case 'capability_request': {
        const worker = this.#worker;
        this.broker.request(message, (answer) => {
          worker?.send({ type: 'capability_response', requestId: message.requestId, answer });
        });
        return;
      }
      case 'namespace_changed': {
        const { changed, deleted, total, truncated } = message;
        this.#variables = total;
        for (const name of deleted) this.#known.delete(name);
        for (const { name } of changed) if (this.#known.size < MAX_KNOWN_VARIABLES) this.#known.add(name);
        this.log.append({ kind: 'namespace_changed', changed, deleted, total, truncated, reset: false });
        return;
      }
      case 'inspected':
        this.#inspections.get(message.replyTo)?.resolve({ variables: message.variables, total: message.total });
        return;
      case 'result': {
        const { executionId, mode, seconds, text, parts } = message;
        this.#terminal(executionId, { status: 'succeeded', mode, seconds, text, parts }, payload);
        return;
      }
      case 'error': {
        const { executionId, mode, seconds, error, cancelled } = message;
        const outcome: Outcome = cancelled
          ? {
              status: 'cancelled',
              seconds,
              rung: cancelled,
              cancelSeconds: this.#ladder?.seconds ?? 0,
              lost: [],
              error,
            }
          : { status: 'failed', mode, seconds, error };
        this.#terminal(executionId, outcome, payload);
        return;
      }
      case 'heartbeat':
        this.#heartbeat = { memory: message.memory, cpuPercent: message.cpuPercent };
        this.#variables = message.namespaceSize;
        this.#changed();
        return;
      default:
        unreachable(message);
    }
  }

  #started(executionId: string, mode: Execution['mode']): void {
    const execution = this.#running;
    if (execution?.id !== executionId) return;
    execution.mode = mode;
    execution.announced = true;
    this.log.append({ kind: 'started', executionId, mode });
    for (const { stream, bytes } of execution.early) this.log.append({ kind: 'output', executionId, stream }, bytes);
    execution.early = [];
  }

  #output(stream: Stream, executionId: string | null, bytes: Uint8Array): void {
    const execution = this.#running;
    if (execution && execution.id === executionId && !execution.announced) execution.early.push({ stream, bytes });
    else this.log.append({ kind: 'output', executionId, stream }, bytes);
  }

  #outputEnded(stream: Stream, executionId: string): void {
    const execution = this.#running;
    if (execution?.id !== executionId) return;
    execution.openStreams.delete(stream);
    this.#finishWhenComplete(execution);
  }

  #terminal(executionId: string, outcome: Outcome, payload: Uint8Array): void {
    const execution = this.#running;
    // The worker answers for a cell that was cancelled while it was still in its own queue, too.
    if (execution?.id !== executionId || execution.terminal) return;
    execution.terminal = { outcome, payload };
    this.#finishWhenComplete(execution);
    if (execution.state === 'running') this.#awaitOutput(execution);
  }

  #awaitOutput(execution: Execution): void {
    setTimeout(() => {
      if (execution.state === 'ended') return;
      if (this.#held) {
        this.#awaitOutput(execution);
        return;
      }
      log(`${execution.id}: the end of its output did not come.`);
      execution.openStreams.clear();
      this.#finishWhenComplete(execution);
    }, OUTPUT_GRACE_MS);
  }

  #finishWhenComplete(execution: Execution): void {
    if (!execution.terminal || execution.openStreams.size > 0 || execution.state === 'ended') return;
    this.#finish(execution, execution.terminal.outcome, execution.terminal.payload);
  }

  #finish(execution: Execution, outcome: Outcome, payload?: Uint8Array): void {
    if (!execution.announced) this.#started(execution.id, execution.mode);
    this.#ladder?.stop();
    this.#ladder = undefined;
    this.#running = undefined;
    this.broker.abandon(execution.id);
    this.log.append({ kind: 'finished', executionId: execution.id, outcome }, payload);
    this.log.draining = false;
    execution.end(outcome);
    const { batch } = execution.request;
    if (outcome.status !== 'succeeded' && batch !== null) {
      for (const waiting of this.#queue.removeBatch(batch)) this.#endQueued(waiting, 'queued');
    }
    this.#next();
    this.#changed();
  }

  #climb(execution: Execution): CancelLadder {
    const worker = this.#worker;
    // A reader that does not read must not keep the worker's answer from us.
    this.log.draining = true;
    return new CancelLadder({
      ask: (rung) => {
        if (rung === 'cooperative') worker?.send({ type: 'cancel', executionId: execution.id });
        else worker?.send({ type: 'interrupt', executionId: execution.id, rung });
      },
      kill: () => {
        this.#afterExit ??= 'start';
        worker?.kill();
      },
    });
  }

  #endQueued(execution: Execution, rung: 'queued'): void {
    const outcome: Outcome = { status: 'cancelled', seconds: 0, rung, cancelSeconds: 0, lost: [], error: null };
    this.#endWithoutWorker(execution, outcome);
  }

  #endWithoutWorker(execution: Execution, outcome: Outcome): void {
    this.log.append({ kind: 'finished', executionId: execution.id, outcome });
    execution.end(outcome);
    this.#changed();
  }

  async #end(after: 'start' | 'remove', reason: string): Promise<void> {
    for (const execution of this.#queue.clear()) {
      this.#endWithoutWorker(execution, { status: 'lost', seconds: 0, reason, stderrTail: '' });
    }
    this.#exit = reason;
    const worker = this.#worker;
    if (!worker) {
      if (after === 'start') this.#start();
      this.#changed();
      return;
    }
    this.#afterExit = after;
    const gone = new Promise<void>((resolve) => this.#gone.push(resolve));
    worker.kill();
    await gone;
  }

  #exited(exit: WorkerExit): void {
    const after = this.#afterExit;
    const reason = after && this.#exit ? this.#exit : describeExit(exit);
    this.#afterExit = undefined;
    this.#worker = undefined;
    this.#ready = false;
    this.#heartbeat = undefined;
    this.#exit = reason;
    if (after === undefined) log(`Session ${this.id}: ${reason}`);
    this.#settleExecutions(reason, exit.stderrTail, after !== undefined);
    for (const inspection of [...this.#inspections.values()]) inspection.reject(new HoldfastError('closed', reason));
    this.broker.abandon();
    this.#known.clear();
    this.#variables = 0;
    this.log.append({ kind: 'namespace_changed', changed: [], deleted: [], total: 0, truncated: false, reset: true });
    if (after === 'start') this.#start();
    this.#changed();
    const gone = this.#gone;
    this.#gone = [];
    for (const resolve of gone) resolve();
  }

  #settleExecutions(reason: string, stderrTail: string, asked: boolean): void {
    const running = this.#running;
    if (running) {
      const { seconds } = running;
      const outcome: Outcome = this.#ladder
        ? {
            status: 'cancelled',
            seconds,
            rung: 'kill',
            cancelSeconds: this.#ladder.seconds,
            lost: [...this.#known],
            error: null,
          }
        : { status: 'lost', seconds, reason, stderrTail };
      this.#finish(running, running.terminal?.outcome ?? outcome, running.terminal?.payload);
    }
    // What waits behind a cell that took the worker with it counted on that cell. After a cancel it may still run.
    if (asked) return;
    for (const execution of this.#queue.clear()) {
      this.#endWithoutWorker(execution, { status: 'lost', seconds: 0, reason, stderrTail });
    }
  }

  #hold(held: boolean): void {
    this.#held = held;
    this.#worker?.hold(held);
  }

  #changed(): void {
    this.options.changed(this);
  }
}

function unreachable(value: never): never {
  throw new Error(`Unexpected ${JSON.stringify(value)}`);
}
