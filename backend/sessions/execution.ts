import type { Outcome } from '../protocol/client/index.ts';
import type { Dialect, Mode, Source, Stream } from '../protocol/values.ts';

/** What a client asked to be run. */
export interface ExecutionRequest {
  readonly executionId: string;
  readonly dialect: Dialect;
  readonly source: Source;
  readonly batch: string | null;
  readonly client: string;
  readonly code: Uint8Array;
}

/** Output that came through the pipes before the worker's `started` did. */
export interface EarlyOutput {
  readonly stream: Stream;
  readonly bytes: Uint8Array;
}

/**
 * One run of a cell. Its state only goes forward: queued → running → ended. It ends once: when its terminal message and the end
 * of both output streams have come, or when its worker is gone.
 */
export class Execution {
  readonly request: ExecutionRequest;
  state: 'queued' | 'running' | 'ended' = 'queued';
  mode: Mode = 'unknown';
  startedAt: number | null = null;
  /** Set from `started` on; until then output waits in `early`. */
  announced = false;
  early: EarlyOutput[] = [];
  /** The terminal message, while the output is still on its way. */
  terminal: { readonly outcome: Outcome; readonly payload: Uint8Array } | null = null;
  readonly openStreams = new Set<Stream>(['stdout', 'stderr']);
  readonly ended: Promise<Outcome>;
  #settle: (outcome: Outcome) => void = () => {};

  constructor(request: ExecutionRequest) {
    this.request = request;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get id(): string {
    return this.request.executionId;
  }

  /** Seconds since it began to run, 0 when it has not. */
  get seconds(): number {
    return this.startedAt === null ? 0 : (performance.now() - this.startedAt) / 1000;
  }

  begin(): void {
    this.state = 'running';
    this.startedAt = performance.now();
  }

  end(outcome: Outcome): void {
    this.state = 'ended';
    this.#settle(outcome);
  }
}
