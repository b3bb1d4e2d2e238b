import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';
import { HoldfastError, ProtocolError } from '../protocol/errors.ts';
import { PROTOCOL_VERSION } from '../protocol/values.ts';
import { FromWorker, type ToWorker } from '../protocol/worker/index.ts';
import { StreamTransport } from '../rpc/transport.ts';
import type { WorkerCommand } from '../workers/language.ts';
import { SyncPoints } from './sync-points.ts';
import { type OutputListener, WorkerOutput } from './worker-output.ts';
import { closePipes, type OutputPipeMaker, type OutputPipes, outputPipes } from './worker-pipes.ts';

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

export interface WorkerListener extends OutputListener {
  message(message: FromWorker, payload: Uint8Array): void;
  /** Once, last: nothing comes after it. */
  exited(exit: WorkerExit): void;
  /** Another listener takes its place: tells it what has been kept for it. */
  handOver?(successor: WorkerListener): void;
}

/** What a session needs of a worker, here or on another machine. */
export type SessionProcess = Pick<WorkerProcess, 'pid' | 'send' | 'hold' | 'nudge' | 'kill'>;

/** The worker once its process has been started. */
interface Running {
  readonly child: ChildProcess;
  readonly output: WorkerOutput;
  readonly fromWorker: Readable;
  readonly transport: StreamTransport;
}

/** A worker's process: its frames, its output, its end. Knows nothing of executions. */
export class WorkerProcess {
  #listener: WorkerListener;
  readonly #pipes: OutputPipeMaker;
  readonly #marker = randomBytes(16).toString('hex');
  readonly #syncPoints = new SyncPoints();
  #running: Running | undefined;
  /** Frames that wait for the process to be started. */
  #unsent: { readonly header: object; readonly payload: Uint8Array | undefined }[] = [];
  #held = false;
  /** What is sent waits. */
  #gated = false;
  #killed = false;
  #hasExited = false;
  #fault: Error | null = null;
  #nextId = 1;

  constructor(command: WorkerCommand, cwd: string, listener: WorkerListener, pipes: OutputPipeMaker = outputPipes) {
    this.#listener = listener;
    this.#pipes = pipes;
    this.send({ type: 'hello', protocol: PROTOCOL_VERSION, marker: this.#marker });
    this.#start(command, cwd).catch((error: Error) => {
      this.#fault ??= error;
      this.kill();
      if (!this.#running) this.#tellExit(null, null);
    });
  }

  /** Undefined until the process has been started. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /** From now on another listener is told; first what the one before has kept for it. */
  adopt(listener: WorkerListener): void {
    const before = this.#listener;
    this.#listener = listener;
    before.handOver?.(listener);
  }

  /** @returns the message's id, which an answer names. @throws ProtocolError when it is over a limit. */
  send(message: Outgoing, payload?: Uint8Array): number {
    const id = this.#nextId++;
    this.forward({ ...message, id, timestamp: Date.now() }, payload);
    return id;
  }

  /** Sends a message that has been made elsewhere, as it is. @throws ProtocolError when it is over a limit. */
  forward(header: object, payload?: Uint8Array): void {
    if (this.#running && !this.#gated) this.#running.transport.send(header, payload);
    else this.#unsent.push({ header, payload });
  }

  /** Stops reading what the program writes until released, so that its own writes wait. */
  hold(held: boolean): void {
    this.#held = held;
    if (!this.#running) return;
    const { output, transport } = this.#running;
    output.hold(held);
    held ? transport.pause() : transport.resume();
  }

  /** Keeps what is sent until it is opened again: another process will read it. */
  gate(closed: boolean): void {
    this.#gated = closed;
    if (closed || !this.#running) return;
    for (const { header, payload } of this.#unsent.splice(0)) this.#running.transport.send(header, payload);
  }

  /**
   * Makes a worker look at its messages that is in C code which serves signals but lets no other thread run (Python's regular
   * expressions). It is up to the worker what it does then; where nothing waits for it the signal is ignored.
   */
  nudge(): void {
    if (this.pid === undefined || this.#hasExited || process.platform === 'win32') return;
    this.#running?.child.kill('SIGURG');
  }

  /** Ends the worker and every process of its group at once. `exited` follows. */
  kill(): void {
    this.#killed = true;
    // Its number may be another process's by now.
    if (this.#hasExited) return;
    this.#killGroup();
    this.#running?.child.kill('SIGKILL');
  }

  async #start(command: WorkerCommand, cwd: string): Promise<void> {
    const pipes = await this.#pipes.take();
    if (this.#killed) {
      closePipes(pipes);
      this.#tellExit(null, 'SIGKILL');
      return;
    }
    let reading = false;
    try {
      const child = this.#spawn(command, cwd, pipes);
      // Node leaves them out when it had no file descriptors left to make them.
      if (!child.stdio) throw new HoldfastError('unavailable', 'No worker could be started: too many open files.');
      reading = true;
      this.#connect(child, pipes);
    } finally {
      closePipes(pipes, reading ? ['writeEnd'] : ['readEnd', 'writeEnd']);
    }
  }

  #spawn(command: WorkerCommand, cwd: string, pipes: OutputPipes | null): ChildProcess {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'];
    if (pipes) stdio.splice(1, 2, pipes.stdout.writeEnd, pipes.stderr.writeEnd);
    const child = spawn(command.executable, command.args, {
      cwd,
      env: command.env,
      // Its own process group, so that the cell's children can be signalled with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio,
    });
    child.once('error', (error) => this.#failedToStart(child, error));
    child.once('exit', (code, signal) => void this.#exited(code, signal));
    return child;
  }

  #connect(child: ChildProcess, pipes: OutputPipes | null): void {
    // Six pipes were asked for; the types know of five.
    const [, stdout, stderr, toWorker, fromWorker, lifeline] = child.stdio as unknown as [
      null,
      Readable,
      Readable,
      Writable,
      Readable,
      Writable,
    ];
    lifeline.on('error', () => {});
    const output = new WorkerOutput({
      stdout: pipes ? readPipe(pipes.stdout.readEnd) : stdout,
      stderr: pipes ? readPipe(pipes.stderr.readEnd) : stderr,
      marker: this.#marker,
      syncPoints: this.#syncPoints,
      listener: {
        output: (stream, executionId, bytes) => this.#listener.output(stream, executionId, bytes),
        outputEnded: (stream, executionId) => this.#listener.outputEnded(stream, executionId),
      },
      failed: (error) => this.#breach(error),
    });
    const transport = new StreamTransport(fromWorker, toWorker);
    transport.listen({
      frame: ({ header, payload }) => this.#receive(header, payload),
      closed: (reason) => this.#transportClosed(reason),
    });
    this.#running = { child, output, fromWorker, transport };
    if (this.#held) this.hold(true);
    for (const { header, payload } of this.#unsent.splice(0)) transport.send(header, payload);
  }

  #receive(header: unknown, payload: Uint8Array): void {
    const parsed = FromWorker.safeParse(header);
    const message = parsed.data;
    if (message?.type === 'ready') this.#pipes.prepare();
    if (message?.type === 'output' && message.stream === 'stderr') this.#running?.output.keepTail(payload);
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

  #failedToStart(child: ChildProcess, error: Error): void {
    if (child.pid !== undefined) return;
    this.#fault ??= error;
    void this.#exited(null, null);
  }

  async #exited(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    this.#hasExited = true;
    if (!this.#running) return;
    this.#killGroup();
    this.#syncPoints.close();
    this.hold(false);
    const { child, output, fromWorker } = this.#running;
    const pipes = [...output.streams, fromWorker];
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
    for (const pipe of child.stdio) pipe?.destroy();
    this.#tellExit(code, signal);
  }

  #tellExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#hasExited = true;
    const stderrTail = this.#running?.output.stderrTail ?? '';
    this.#listener.exited({ code, signal, stderrTail, fault: this.#fault });
  }

  #killGroup(): void {
    const pid = this.pid;
    if (pid === undefined || process.platform === 'win32') return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      // ESRCH: the group is empty. EPERM (macOS): only zombies are left in it.
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

function readPipe(fd: number): Readable {
  return new net.Socket({ fd, readable: true, writable: false });
}
