import type { MessagePort } from 'node:worker_threads';
import type { CancelRung, Dialect, ErrorReport, Mode, Source } from '../../../protocol/values.ts';
import type { ToWorker } from '../../../protocol/worker/index.ts';
import type { Compiler } from '../compile/compile.ts';
import { SyntaxProblem } from '../compile/syntax-problem.ts';
import type { FromMain, NamespaceDelta, Outcome, Serial, ToMain } from '../shared/messages.ts';
import type { Canceller, LaterRung } from './canceller.ts';
import type { Connection } from './connection.ts';
import { reportCancelled, reportSyntax, reportThrown } from './error-report.ts';
import type { Markers } from './markers.ts';
import { joinParts } from './parts.ts';

interface Execution {
  readonly serial: Serial;
  readonly executionId: string;
  readonly text: string;
  readonly dialect: Dialect;
  readonly source: Source;
  /** As the backend found it, once the cell is known to compile. */
  mode: Mode;
  readonly routed: Mode;
  /** Unix milliseconds; 0 while queued. */
  startedAt: number;
  /** The main thread has said that it is over; it may say so again, since it is asked more than once. */
  ending: boolean;
}

export interface ExecutionsOptions {
  readonly connection: Connection;
  readonly markers: Markers;
  readonly compiler: Compiler;
  readonly main: MessagePort;
  readonly engineFile: string;
  readonly canceller: Canceller;
  readonly namespace: (delta: NamespaceDelta) => void;
  /** The running cell has ended, and the next one has not begun. */
  readonly ended: () => void;
  /** Calls back when the next execution may have the main thread. */
  readonly whenFree: (action: () => void) => void;
}

/** Executions that are recognized when their ids come again, or when what they started is listed. */
const REMEMBERED = 10_000;

/** Runs cells one after the other, and sees to it that each ends once. */
export class Executions {
  readonly #options: ExecutionsOptions;
  readonly #queue: Execution[] = [];
  /** Ids are dropped when they come again: a step of a durable execution may run twice. */
  readonly #seen = new Map<string, Serial>();
  readonly #ids = new Map<Serial, string>();
  #current: Execution | null = null;
  #lastSerial = 0;

  constructor(options: ExecutionsOptions) {
    this.#options = options;
  }

  /** Unix milliseconds at which the running execution started, or null. */
  get busySince(): number | null {
    return this.#current && this.#current.startedAt > 0 ? this.#current.startedAt : null;
  }

  /** The execution that output or a request belongs to; null when it is over: then it is the session's. */
  idOf(serial: Serial): string | null {
    return this.#current?.serial === serial ? this.#current.executionId : null;
  }

  /** Whether it has ever been given one. */
  get used(): boolean {
    return this.#lastSerial > 0;
  }

  get busy(): boolean {
    return this.#current !== null;
  }

  /** An execution runs, or is about to. */
  get wanted(): boolean {
    return this.#current !== null || this.#queue.length > 0;
  }

  /** The execution that once had a serial; null for the session, or when it was too long ago. */
  startedBy(serial: Serial): string | null {
    return this.#ids.get(serial) ?? null;
  }

  add({ executionId, dialect, source, mode }: Extract<ToWorker, { type: 'execute' }>, text: string): void {
    if (this.#seen.has(executionId)) return;
    const serial = ++this.#lastSerial;
    this.#remember(executionId, serial);
    const state = { mode: 'unknown', routed: mode ?? 'unknown', startedAt: 0, ending: false } as const;
    this.#queue.push({ serial, executionId, text, dialect, source, ...state });
    this.#next();
  }

  #remember(executionId: string, serial: Serial): void {
    this.#seen.set(executionId, serial);
    this.#ids.set(serial, executionId);
    const [oldest] = this.#seen;
    if (this.#seen.size <= REMEMBERED || !oldest) return;
    this.#seen.delete(oldest[0]);
    this.#ids.delete(oldest[1]);
  }

  cancel(executionId: string): void {
    if (this.#current?.executionId === executionId) {
      this.#options.canceller.cancel(this.#current.serial);
      return;
    }
    const index = this.#queue.findIndex((execution) => execution.executionId === executionId);
    const [execution] = index === -1 ? [] : this.#queue.splice(index, 1);
    if (execution) void this.#endQueued(execution);
  }

  interrupt(executionId: string, rung: LaterRung): void {
    if (this.#current?.executionId !== executionId) return;
    this.#options.canceller.interrupt(this.#current.serial, rung, this.#current.startedAt);
  }

  /** The main thread has finished a cell by itself. */
  done(message: Extract<FromMain, { kind: 'done' }>): void {
    const execution = this.#current;
    if (execution?.serial !== message.serial || execution.ending) return;
    const rung = this.#options.canceller.ended();
    void this.#end(execution, message.namespace, () =>
      this.#terminal(execution, message.seconds, message.outcome, rung),
    );
  }

  /** The main thread runs user code of that execution no more, and has not finished it. */
  abandoned(message: Extract<FromMain, { kind: 'abandoned' }>): void {
    const execution = this.#current;
    if (execution?.serial !== message.serial || execution.startedAt === 0 || execution.ending) return;
    const rung = this.#options.canceller.ended() ?? 'cooperative';
    const seconds = Math.max(0, Date.now() - execution.startedAt) / 1000;
    void this.#end(execution, message.namespace, () => {
      this.#sendError(execution, seconds, reportCancelled(CANCELLED[rung]), rung);
    });
  }

  #next(): void {
    if (this.#queue.length === 0) return;
    this.#options.whenFree(() => {
      if (this.#current) return;
      const execution = this.#queue.shift();
      if (!execution) return;
      this.#current = execution;
      void this.#start(execution);
    });
  }

  async #start(execution: Execution): Promise<void> {
    const { markers, compiler, main, connection, canceller } = this.#options;
    await markers.write('start', execution.executionId);
    const compiled = compiler.compile(execution.text, execution.dialect, execution.source);
    if (compiled instanceof SyntaxProblem) {
      const report = reportSyntax(compiled, execution.source, execution.text);
      await this.#end(execution, null, () => this.#sendError(execution, 0, report, canceller.ended()));
      return;
    }
    execution.mode = execution.routed;
    execution.startedAt = Date.now();
    connection.send({ type: 'started', executionId: execution.executionId, mode: execution.mode });
    const { path } = execution.source;
    const message: ToMain = {
      kind: 'run',
      context: { serial: execution.serial, cell: compiled, text: execution.text, path },
    };
    main.postMessage(message);
    canceller.started(execution.serial);
  }

  async #endQueued(execution: Execution): Promise<void> {
    const { markers } = this.#options;
    await markers.write('start', execution.executionId);
    await markers.write('end', execution.executionId);
    this.#sendError(execution, 0, reportCancelled(CANCELLED.queued), 'queued');
  }

  /** Output, end markers, namespace, terminal message: in this order (invariant 2). */
  async #end(execution: Execution, delta: NamespaceDelta | null, sendTerminal: () => void): Promise<void> {
    const { markers, connection, namespace } = this.#options;
    execution.ending = true;
    await markers.write('end', execution.executionId);
    if (delta) {
      namespace(delta);
      const { executionId } = execution;
      const { changed, deleted, total, truncated } = delta;
      connection.send({
        type: 'namespace_changed',
        executionId,
        changed: [...changed],
        deleted: [...deleted],
        total,
        truncated,
      });
    }
    sendTerminal();
    this.#current = null;
    this.#options.ended();
    this.#next();
  }

  #terminal(execution: Execution, seconds: number, outcome: Outcome, rung: CancelRung | null): void {
    if (outcome.status === 'failed') {
      // A child that the canceller killed makes the cell fail: it is the cancel that ended it.
      const cancelled = rung === 'children' || rung === 'force' ? rung : null;
      this.#sendError(execution, seconds, reportThrown(outcome.error, this.#options.engineFile, execution), cancelled);
      return;
    }
    if (outcome.status === 'unreadable') {
      const { source, text } = execution;
      const line = outcome.line - source.line + 1;
      const column = Math.max(0, outcome.column - (line === 1 ? source.column : 0));
      const problem = new SyntaxProblem(outcome.message, line, column);
      this.#sendError(execution, seconds, reportSyntax(problem, source, text), null);
      return;
    }
    const { parts, payload } = joinParts(outcome.parts);
    const { executionId, mode } = execution;
    const facts = outcome.facts ? { facts: outcome.facts } : {};
    const header = { type: 'result', executionId, mode, seconds, text: outcome.text, ...facts } as const;
    this.#options.connection.send({ ...header, parts: outcome.text === null ? null : parts }, payload);
  }

  #sendError(execution: Execution, seconds: number, error: ErrorReport, cancelled: CancelRung | null): void {
    const { executionId, mode } = execution;
    this.#options.connection.send({ type: 'error', executionId, mode, seconds, error, cancelled });
  }
}

const CANCELLED: Record<CancelRung, string> = {
  queued: 'The cell was cancelled before it started.',
  cooperative: 'The cell was cancelled while it waited. What it awaits goes on in the background.',
  interrupt: 'The cell was interrupted.',
  children: 'The cell was interrupted after the processes it started were ended.',
  force: 'The cell was ended by force.',
  kill: 'The worker was killed.',
};
