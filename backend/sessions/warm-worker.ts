import type { Stream } from '../protocol/values.ts';
import type { FromWorker } from '../protocol/worker/index.ts';
import { type WorkerExit, type WorkerListener, WorkerProcess } from './worker-process.ts';
import { fingerprintOf, type WorkerSpec } from './worker-spec.ts';

/** What is kept of a worker's start until somebody takes it. */
const MAX_KEPT = 100;
const MAX_KEPT_BYTES = 64 * 1024;
/** A worker sends a heartbeat each second. Milliseconds. */
const SILENT_MS = 3_000;

export interface WarmWorkerHost {
  heartbeat(memory: number): void;
  /** It is of no use: it has died, or tells more than can be kept. Comes at most once, and not after `kill`. */
  failed(why: string): void;
}

/** A worker that waits, started, for a session. Keeps what it tells meanwhile. */
export class WarmWorker implements WorkerListener {
  readonly process: WorkerProcess;
  /** Settles when it has been killed or has died; never once it has been handed over. */
  readonly gone: Promise<void>;
  readonly #spec: WorkerSpec;
  readonly #host: WarmWorkerHost;
  readonly #fingerprint: string;
  #kept: { readonly heartbeat: boolean; readonly tell: (to: WorkerListener) => void }[] = [];
  #keptBytes = 0;
  #lastHeard: number | undefined;
  #ready = false;
  #useless = false;
  #settleGone: () => void = () => {};

  constructor(spec: WorkerSpec, host: WarmWorkerHost) {
    this.#spec = spec;
    this.#host = host;
    // Before it starts: what changes meanwhile makes it out of date.
    this.#fingerprint = fingerprintOf(spec);
    this.gone = new Promise((resolve) => {
      this.#settleGone = resolve;
    });
    this.process = new WorkerProcess(spec.command, spec.cwd, this);
  }

  get ready(): boolean {
    return this.#ready && !this.#useless;
  }

  /** Whether it can stand for a worker that would be started now. */
  get usable(): boolean {
    const isSilent = this.#lastHeard !== undefined && Date.now() - this.#lastHeard > SILENT_MS;
    return !this.#useless && !isSilent && fingerprintOf(this.#spec) === this.#fingerprint;
  }

  kill(): Promise<void> {
    this.#useless = true;
    this.process.kill();
    return this.gone;
  }

  message(message: FromWorker, payload: Uint8Array): void {
    this.#lastHeard = Date.now();
    if (message.type === 'ready') this.#ready = true;
    const heartbeat = message.type === 'heartbeat';
    if (heartbeat) this.#kept = this.#kept.filter((kept) => !kept.heartbeat);
    this.#keep(payload.length, (to) => to.message(message, payload), heartbeat);
    if (heartbeat && !this.#useless) this.#host.heartbeat(message.memory);
  }

  output(stream: Stream, executionId: string | null, bytes: Uint8Array): void {
    this.#keep(bytes.length, (to) => to.output(stream, executionId, bytes));
  }

  outputEnded(stream: Stream, executionId: string): void {
    this.#keep(0, (to) => to.outputEnded(stream, executionId));
  }

  exited({ code, signal, fault, stderrTail }: WorkerExit): void {
    this.#fail(`${fault?.message ?? (signal ? `signal ${signal}` : `code ${code}`)} ${stderrTail}`.trim());
    this.#settleGone();
  }

  handOver(successor: WorkerListener): void {
    for (const { tell } of this.#kept.splice(0)) tell(successor);
  }

  #keep(bytes: number, tell: (to: WorkerListener) => void, heartbeat = false): void {
    if (this.#useless) return;
    this.#keptBytes += bytes;
    this.#kept.push({ heartbeat, tell });
    if (this.#kept.length <= MAX_KEPT && this.#keptBytes <= MAX_KEPT_BYTES) return;
    this.#kept = [];
    this.#fail('it tells too much while it waits');
  }

  #fail(why: string): void {
    if (this.#useless) return;
    this.#useless = true;
    this.#host.failed(why);
  }
}
