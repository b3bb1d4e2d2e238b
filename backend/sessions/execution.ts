import { log } from '../log.ts';
import type { Outcome, SessionEvent } from '../protocol/client/index.ts';
import type { Origin, Security } from '../protocol/security.ts';
import type { Dialect, Mode, Source, Stream } from '../protocol/values.ts';

/** How long the end of the output is waited for after the terminal message, when user code has broken its own streams. */
const OUTPUT_GRACE_MS = 2_000;
/** An idempotent execution is begun so often at most: one that takes its worker with it each time is lost then. */
export const MAX_RUNS = 3;

/** What a client asked to be run. */
export interface ExecutionRequest {
  readonly executionId: string;
  readonly dialect: Dialect;
  readonly source: Source;
  readonly client: string;
  /** Cells that were asked for together: see `executions.execute`. */
  readonly batch: string | null;
  readonly origin: Origin;
  readonly security: Security | null;
  readonly code: Uint8Array;
  /** How often an earlier backend began it. */
  readonly runs?: number;
}

/** What an execution needs of its session. */
export interface ExecutionHost {
  tell(event: SessionEvent, payload?: Uint8Array): void;
  output(stream: Stream, executionId: string, bytes: Uint8Array): void;
  /** Nobody reads the program's output at the moment: its end cannot come. */
  isHeld(): boolean;
  /** Settles when the outcome is on disk, or cannot be. Never rejects. */
  record(execution: Execution, outcome: Outcome, payload: Uint8Array | undefined): Promise<void>;
  /** Called once, behind `finished`. */
  ended(execution: Execution, outcome: Outcome): void;
}

/**
 * One run of a cell. Its state only goes forward: queued → running → ended; only of an idempotent one whose worker went away it begins
 * anew. It ends once: when its terminal message and the end of both output streams have come, or when its session ends it.
 */
export class Execution {
  readonly request: ExecutionRequest;
  /** Settles with the outcome. */
  readonly ended: Promise<Outcome>;
  /** It may be run again when its worker goes away: its cell says so. */
  readonly idempotent: boolean;
  readonly #host: ExecutionHost;
  #runs: number;
  #state: 'queued' | 'running' | 'ended' = 'queued';
  #startedAt: number | null = null;
  /** `started` has been told; until then output waits in `#early`. */
  #announced = false;
  #early: { readonly stream: Stream; readonly bytes: Uint8Array }[] = [];
  /** The terminal message, while output is still on its way. */
  #terminal: { readonly outcome: Outcome; readonly payload: Uint8Array | undefined } | null = null;
  readonly #openStreams = new Set<Stream>(['stdout', 'stderr']);
  #grace: NodeJS.Timeout | undefined;
  #settle: (outcome: Outcome) => void = () => {};

  constructor(request: ExecutionRequest, idempotent: boolean, host: ExecutionHost) {
    this.request = request;
    this.idempotent = idempotent;
    this.#runs = request.runs ?? 0;
    this.#host = host;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get id(): string {
    return this.request.executionId;
  }

  /** Seconds since it began to run, 0 when it has not. */
  get seconds(): number {
    return this.#startedAt === null ? 0 : (performance.now() - this.#startedAt) / 1000;
  }

  /** Perhaps nobody has been told yet. */
  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** How often it has begun. */
  get runs(): number {
    return this.#runs;
  }

  /** It has been given to the worker. */
  begin(): void {
    this.#state = 'running';
    this.#runs++;
    this.#startedAt = performance.now();
  }

  /** The worker has begun. */
  started(mode: Mode): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#host.tell({ kind: 'started', executionId: this.id, mode });
    for (const { stream, bytes } of this.#early) this.#host.output(stream, this.id, bytes);
    this.#early = [];
  }

  /** Bytes that it wrote. They may overtake `started`, which comes on another pipe. */
  output(stream: Stream, bytes: Uint8Array): void {
    if (this.#announced) this.#host.output(stream, this.id, bytes);
    else this.#early.push({ stream, bytes });
  }

  outputEnded(stream: Stream): void {
    this.#openStreams.delete(stream);
    this.#endWhenComplete();
  }

  /** The worker's last word on it. It ends when its output is complete, too. */
  terminal(outcome: Outcome, payload: Uint8Array): void {
    if (this.#terminal) return;
    this.#terminal = { outcome, payload };
    this.#endWhenComplete();
    if (this.#state === 'running') this.#awaitOutput();
  }

  /** Its worker is gone. @returns whether it waits for the next one now */
  waitAgain(reason: string): boolean {
    if (!this.idempotent || this.#terminal || this.#runs >= MAX_RUNS) return false;
    this.started('unknown');
    this.#state = 'queued';
    this.#startedAt = null;
    this.#announced = false;
    for (const stream of ['stdout', 'stderr'] as const) this.#openStreams.add(stream);
    this.#host.tell({ kind: 'runs_again', executionId: this.id, runs: this.#runs, reason });
    return true;
  }

  /** Ends it now: by the worker's last word when that has come, else with `otherwise`. */
  end(otherwise: Outcome): void {
    if (this.#state === 'ended') return;
    const { outcome, payload } = this.#terminal ?? { outcome: otherwise, payload: undefined };
    if (this.#state === 'running') this.started('unknown');
    this.#state = 'ended';
    clearTimeout(this.#grace);
    void this.#finish(outcome, payload);
  }

  /** Acknowledged means durable: nobody hears how it ended before that is on disk (invariant 6). */
  async #finish(outcome: Outcome, payload: Uint8Array | undefined): Promise<void> {
    await this.#host.record(this, outcome, payload);
    this.#host.tell({ kind: 'finished', executionId: this.id, outcome }, payload);
    this.#settle(outcome);
    this.#host.ended(this, outcome);
  }

  #endWhenComplete(): void {
    if (this.#terminal && this.#openStreams.size === 0) this.end(this.#terminal.outcome);
  }

  #awaitOutput(): void {
    this.#grace = setTimeout(() => {
      if (this.#host.isHeld()) this.#awaitOutput();
      else {
        log(`${this.id}: the end of its output did not come.`);
        this.#openStreams.clear();
        this.#endWhenComplete();
      }
    }, OUTPUT_GRACE_MS);
  }
}
