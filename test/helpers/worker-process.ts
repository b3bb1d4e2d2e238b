import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type * as z from 'zod';
import { encodeFrame, FrameDecoder } from '../../backend/protocol/frame.ts';
import {
  type CancelRung,
  type Dialect,
  type ErrorReport,
  type MimeParts,
  type Mode,
  PROTOCOL_VERSION,
  type ThreadUse,
} from '../../backend/protocol/values.ts';
import { FromWorker, type ToWorker } from '../../backend/protocol/worker/index.ts';
import type { WorkerCommand } from '../../backend/workers/language.ts';
import { MarkerStream } from './marker-stream.ts';

type Distribute<T> = T extends { type: string } ? Omit<T, 'id' | 'timestamp'> : never;
/** A message to a worker; `id` and `timestamp` are added. */
export type Outgoing = Distribute<z.input<typeof ToWorker>>;
/** A checked message from a worker with its payload, and when it came (`performance.now()`). */
export type Incoming = FromWorker & { readonly payload: Buffer; readonly at: number };
export type Of<Type extends FromWorker['type']> = Extract<Incoming, { type: Type }>;
/** One MIME form of a value, cut out of the payload. */
export interface Part {
  readonly mime: string;
  readonly bytes: Buffer;
}

export interface Cell {
  readonly code: string;
  readonly dialect: Dialect;
  readonly executionId?: string;
  readonly source?: { name?: string; path?: string | null; line?: number; column?: number };
  readonly mode?: Mode | null;
  readonly thread?: ThreadUse;
  readonly autoreload?: boolean;
}

/** How one execution ended, with everything that belongs to it. */
export interface Finished {
  readonly executionId: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly mode: string;
  readonly seconds: number;
  readonly text: string | null;
  readonly parts: readonly Part[];
  readonly error: ErrorReport | null;
  readonly rung: CancelRung | null;
  /** `output` messages and the bytes of the pipe (the latter last: their relative order is not known). */
  readonly stdout: string;
  readonly stderr: string;
  readonly displays: readonly (readonly Part[])[];
  readonly namespace: readonly Of<'namespace_changed'>[];
}

export interface Execution {
  readonly id: string;
  /** Settles with the `started` message; rejects when the execution ends without one. */
  readonly started: Promise<Of<'started'>>;
  /** Rejects when the worker dies first. */
  readonly finished: Promise<Finished>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly marker?: string;
}

let counter = 0;

/** A real worker, spoken to as the backend does: frames on fds 3 and 4, the lifeline on 5, stdout and stderr as pipes. */
export class WorkerProcess {
  readonly process: ChildProcess;
  readonly marker: string;
  /** Every message but `output` and `heartbeat`, in order. */
  readonly messages: Incoming[] = [];
  readonly stdout: MarkerStream;
  readonly stderr: MarkerStream;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #id = 0;
  #lastId = 0;
  #failure: Error | undefined;
  readonly #outputs = new Map<string, string>();
  readonly #listeners = new Set<{ message(message: Incoming): void; failed(error: Error): void }>();
  #stderrTail = '';

  private constructor(command: WorkerCommand, options: StartOptions) {
    this.marker = options.marker ?? randomBytes(16).toString('hex');
    this.stdout = new MarkerStream(this.marker);
    this.stderr = new MarkerStream(this.marker);
    this.process = spawn(command.executable, [...command.args], {
      cwd: options.cwd,
      env: command.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.exited = new Promise((resolve) => {
      this.process.once('close', (code, signal) => {
        this.#fail(new Error(`The worker ended with ${signal ?? `code ${code}`}. Its stderr:\n${this.stderrTail}`));
        resolve({ code, signal });
      });
    });
    this.process.once('error', (error) => this.#fail(error));
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => this.stdout.push(text));
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-10_000);
      this.stderr.push(text);
    });
    this.#toWorker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') this.#fail(error);
    });
    const decoder = new FrameDecoder();
    this.#fromWorker.on('data', (chunk: Buffer) => {
      try {
        for (const frame of decoder.push(chunk)) this.#receive(frame.header, Buffer.from(frame.payload));
      } catch (error) {
        this.#fail(error as Error);
      }
    });
  }

  get #toWorker(): Writable {
    return this.process.stdio[3] as Writable;
  }

  get #fromWorker(): Readable {
    return this.process.stdio[4] as Readable;
  }

  /** Spawns a worker and shakes hands. */
  static async start(command: WorkerCommand, options: StartOptions = {}): Promise<WorkerProcess> {
    const worker = new WorkerProcess(command, options);
    const ready = worker.next('ready');
    worker.send({ type: 'hello', protocol: PROTOCOL_VERSION, marker: worker.marker });
    await ready;
    return worker;
  }

  get pid(): number {
    assert(this.process.pid !== undefined);
    return this.process.pid;
  }

  get stderrTail(): string {
    // Control characters frame the markers.
    return this.#stderrTail.replace(/\0\x1e[^\x1e]*\x1e/g, '');
  }

  send(message: Outgoing, payload?: Uint8Array): number {
    const id = ++this.#id;
    const [head, body] = encodeFrame({ ...message, id, timestamp: Date.now() }, payload);
    this.#toWorker.write(head);
    if (body.length > 0) this.#toWorker.write(body);
    return id;
  }

  /** Writes bytes that are no frame. */
  sendRaw(bytes: Uint8Array): void {
    this.#toWorker.write(bytes);
  }

  /** Closes the worker's fd 3, as the death of the backend does. */
  async closeInput(): Promise<void> {
    this.#toWorker.end();
    await once(this.#toWorker, 'close');
  }

  /** The next message of a type that fits. Rejects when the worker dies or breaks the protocol first. */
  next<Type extends FromWorker['type']>(
    type: Type,
    fits: (message: Of<Type>) => boolean = () => true,
  ): Promise<Of<Type>> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const listener = {
        message: (message: Incoming) => {
          if (message.type !== type || !fits(message as Of<Type>)) return;
          this.#listeners.delete(listener);
          resolve(message as Of<Type>);
        },
        failed: reject,
      };
      this.#listeners.add(listener);
    });
  }

  /** Text of `output` messages; null: of no execution. */
  output(executionId: string | null, stream: 'stdout' | 'stderr'): string {
    return this.#outputs.get(`${executionId}/${stream}`) ?? '';
  }

  execute(cell: Cell): Execution {
    const id = cell.executionId ?? `e${++counter}`;
    const from = this.messages.length;
    const started = this.next('started', (message) => message.executionId === id);
    const finished = this.#finish(id, from);
    // Whoever is interested awaits them; a cell that never starts must not be an unhandled rejection.
    started.catch(() => {});
    finished.catch(() => {});
    this.send(
      {
        type: 'execute',
        executionId: id,
        dialect: cell.dialect,
        source: { name: cell.source?.path ?? '<test>', path: null, line: 1, column: 0, ...cell.source },
        mode: cell.mode ?? null,
        thread: cell.thread ?? 'never',
        autoreload: cell.autoreload ?? false,
      },
      Buffer.from(cell.code),
    );
    const notStarted = finished.then(() => {
      throw new Error(`The execution ${id} ended without having started.`);
    });
    const eitherWay = Promise.race([started, notStarted]);
    notStarted.catch(() => {});
    eitherWay.catch(() => {});
    return { id, started: eitherWay, finished };
  }

  /** Runs a cell to its end. */
  run(cell: Cell): Promise<Finished> {
    return this.execute(cell).finished;
  }

  async #finish(id: string, from: number): Promise<Finished> {
    const result = this.next('result', (message) => message.executionId === id);
    const error = this.next('error', (message) => message.executionId === id);
    const terminal = await Promise.race([result, error]);
    const died = new Promise<never>((_, reject) => this.exited.then(() => reject(this.#failure)));
    died.catch(() => {});
    await Promise.race([Promise.all([this.stdout.ended(id), this.stderr.ended(id)]), died]);
    const mine = this.messages.slice(from).filter((message) => 'executionId' in message && message.executionId === id);
    const all = <Type extends FromWorker['type']>(type: Type) => mine.filter((m): m is Of<Type> => m.type === type);
    assert.equal(all('result').length + all('error').length, 1, `one terminal message for ${id}`);
    const failed = terminal.type === 'error';
    return {
      executionId: id,
      status: !failed ? 'succeeded' : terminal.cancelled ? 'cancelled' : 'failed',
      mode: terminal.mode,
      seconds: terminal.seconds,
      text: failed ? null : terminal.text,
      parts: failed || !terminal.parts ? [] : cut(terminal.parts, terminal.payload),
      error: failed ? terminal.error : null,
      rung: failed ? terminal.cancelled : null,
      stdout: this.output(id, 'stdout') + this.stdout.text(id),
      stderr: this.output(id, 'stderr') + this.stderr.text(id),
      displays: all('display').map((message) => cut(message.parts, message.payload)),
      namespace: all('namespace_changed'),
    };
  }

  /** Asks the worker to leave and reaps it; kills its group when it does not. */
  async stop(patience = 2000): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.send({ type: 'shutdown' });
      const timer = setTimeout(() => this.kill(), patience);
      await this.exited;
      clearTimeout(timer);
    }
    return this.exited;
  }

  /** Makes the worker look at its messages, as the backend does at the stricter rungs. */
  nudge(): void {
    if (process.platform !== 'win32') this.process.kill('SIGURG');
  }

  /** SIGKILL for the worker and its children. */
  kill(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  #receive(header: unknown, payload: Buffer): void {
    const message: Incoming = Object.assign(FromWorker.parse(header), { payload, at: performance.now() });
    assert(message.id > this.#lastId, `ids count up: ${message.id} after ${this.#lastId}`);
    this.#lastId = message.id;
    if (message.type === 'output') {
      const key = `${message.executionId}/${message.stream}`;
      this.#outputs.set(key, (this.#outputs.get(key) ?? '') + payload.toString('utf8'));
    } else if (message.type !== 'heartbeat') {
      this.messages.push(message);
    }
    for (const listener of [...this.#listeners]) listener.message(message);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const listener of [...this.#listeners]) listener.failed(this.#failure);
    this.#listeners.clear();
  }
}

function cut(parts: MimeParts, payload: Buffer): Part[] {
  let offset = 0;
  const cutParts = parts.map(({ mime, bytes }) => {
    offset += bytes;
    return { mime, bytes: payload.subarray(offset - bytes, offset) };
  });
  assert.equal(offset, payload.length, 'the parts fill the payload');
  return cutParts;
}
