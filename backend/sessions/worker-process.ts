import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';
import { HoldfastError, ProtocolError } from '../protocol/errors.ts';
import { PROTOCOL_VERSION, type Stream } from '../protocol/values.ts';
import { FromWorker, type ToWorker } from '../protocol/worker/index.ts';
import { StreamTransport } from '../rpc/transport.ts';
import type { WorkerCommand } from '../workers/language.ts';
import { MarkerSplitter } from './marker-splitter.ts';
import { SyncPoints } from './sync-points.ts';

/** Standard error that is kept for the report of a crash. Bytes. */
const STDERR_TAIL_BYTES = 4096;
/** How long after the end of its connection a worker may take to exit. */
const EXIT_GRACE_MS = 300;
/** How long a dead worker's pipes are read on when one of its descendants still holds them. */
const PIPE_GRACE_MS = 300;

/** A message to a worker without what this class fills in. */
export type Outgoing = ToWorker extends infer M ? (M extends ToWorker ? Omit<M, 'id' | 'timestamp'> : never) : never;

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What was written on standard error last. */
  readonly stderrTail: string;
  /** A message from the worker that broke the protocol, or why it could not be started. */
  readonly fault: Error | null;
}

export interface WorkerListener {
  message(message: FromWorker, payload: Uint8Array): void;
  output(stream: Stream, executionId: string | null, bytes: Uint8Array): void;
  /** Every byte that the execution wrote to this stream has been given to `output`. */
  outputEnded(stream: Stream, executionId: string): void;
  /** Once, last: nothing comes after it. */
  exited(exit: WorkerExit): void;
}

/** A worker's process: its frames, its output, its end. Knows nothing of executions. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #transport: StreamTransport;
  readonly #listener: WorkerListener;
  readonly #streams: Readable[];
  #stderrTail = Buffer.alloc(0);
  readonly #syncPoints = new SyncPoints();
  #held = false;
  #hasExited = false;
  #fault: Error | null = null;
  #nextId = 1;

  constructor(command: WorkerCommand, cwd: string, listener: WorkerListener) {
    this.#listener = listener;
    const marker = randomBytes(16).toString('hex');
    this.#child = spawn(command.executable, command.args, {
      cwd,
      env: command.env,
      // Its own process group, so that the cell's children can be signalled with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.#child.once('error', (error) => this.#failedToStart(error));
    this.#child.once('exit', (code, signal) => void this.#exited(code, signal));
    // Node leaves them out when it had no file descriptors left to make them.
    if (!this.#child.stdio) throw new HoldfastError('unavailable', 'No worker could be started: too many open files.');
    // Six pipes were asked for above; the types know of five.
    const [, stdout, stderr, toWorker, fromWorker, lifeline] = this.#child.stdio as unknown as [
      null,
      Readable,
      Readable,
      Writable,
      Readable,
      Writable,
    ];
    lifeline.on('error', () => {});
    this.#streams = [stdout, stderr];
    this.#readOutput('stdout', stdout, marker);
    this.#readOutput('stderr', stderr, marker);
    this.#transport = new StreamTransport(fromWorker, toWorker);
    this.#transport.listen({
      frame: ({ header, payload }) => this.#receive(header, payload),
      closed: (reason) => this.#transportClosed(reason),
    });
    this.send({ type: 'hello', protocol: PROTOCOL_VERSION, marker });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @returns the message's id, which an answer names. @throws ProtocolError when it is over a limit. */
  send(message: Outgoing, payload?: Uint8Array): number {
    const id = this.#nextId++;
    this.#transport.send({ ...message, id, timestamp: Date.now() }, payload);
    return id;
  }

  /** Stops reading what the program writes until released, so that its own writes wait. */
  hold(held: boolean): void {
    this.#held = held;
    for (const stream of this.#streams) held ? stream.pause() : stream.resume();
    held ? this.#transport.pause() : this.#transport.resume();
  }

  /** Ends the worker and every process of its group at once. `exited` follows. */
  kill(): void {
    this.#killGroup();
    this.#child.kill('SIGKILL');
  }

  #receive(header: unknown, payload: Uint8Array): void {
    const parsed = FromWorker.safeParse(header);
    const message = parsed.data;
    if (message?.type === 'output' && message.stream === 'stderr') this.#keepTail(payload);
    if (message && 'sync' in message && message.sync !== null) {
      this.#syncPoints.message(message.sync, () => this.#listener.message(message, payload));
    } else if (message) this.#listener.message(message, payload);
    else this.#breach(new Error(`The worker sent a message of the wrong shape: ${z.prettifyError(parsed.error)}`));
  }

  /** Without its protocol a worker is of no use, even when its process lives on. One that exits closes its pipes first. */
  #transportClosed(reason: Error | null): void {
    if (reason instanceof ProtocolError) this.#breach(reason);
    else
      setTimeout(() => {
        if (!this.#hasExited) this.#breach(new Error('It closed its connection.'));
      }, EXIT_GRACE_MS);
  }

  #breach(fault: Error): void {
    this.#fault ??= fault;
    this.kill();
  }

  #readOutput(stream: Stream, readable: Readable, marker: string): void {
    const splitter = new MarkerSplitter(marker, {
      bytes: (executionId, bytes) => {
        if (stream === 'stderr') this.#keepTail(bytes);
        this.#listener.output(stream, executionId, bytes);
      },
      ended: (executionId) => this.#listener.outputEnded(stream, executionId),
      sync: (number) => {
        readable.pause();
        this.#syncPoints.reached(stream, number, () => {
          splitter.resume();
          if (!this.#held) readable.resume();
        });
      },
    });
    readable.on('data', (chunk: Buffer) => splitter.push(chunk));
    readable.on('close', () => splitter.flush());
    readable.on('error', (error) => this.#breach(error));
  }

  #keepTail(bytes: Uint8Array): void {
    this.#stderrTail = Buffer.concat([this.#stderrTail, bytes.subarray(-STDERR_TAIL_BYTES)]).subarray(
      -STDERR_TAIL_BYTES,
    );
  }

  #failedToStart(error: Error): void {
    if (this.#child.pid !== undefined) return;
    this.#fault = error;
    void this.#exited(null, null);
  }

  async #exited(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    this.#hasExited = true;
    this.#killGroup();
    this.#syncPoints.close();
    this.hold(false);
    const pipes = [...this.#streams, this.#child.stdio[4] as Readable];
    const ended = Promise.all(
      pipes.map((pipe) =>
        pipe.destroyed || pipe.closed ? undefined : new Promise((resolve) => pipe.once('close', resolve)),
      ),
    );
    const grace = setTimeout(() => {
      for (const pipe of pipes) pipe.destroy();
    }, PIPE_GRACE_MS);
    await ended;
    clearTimeout(grace);
    for (const pipe of this.#child.stdio) pipe?.destroy();
    this.#listener.exited({ code, signal, stderrTail: this.#stderrTail.toString('utf8'), fault: this.#fault });
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined || process.platform === 'win32') return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      // ESRCH: the group is empty. EPERM (macOS): only zombies are left in it.
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}
