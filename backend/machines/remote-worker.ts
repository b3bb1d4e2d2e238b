import { FromMachine, type ToMachine } from '../protocol/machine.ts';
import { unreachable } from '../protocol/unreachable.ts';
import { FromWorker } from '../protocol/worker/index.ts';
import type { Outgoing, SessionProcess, WorkerExit, WorkerListener } from '../sessions/worker-process.ts';
import type { Line } from './line.ts';

/** So long after a kill the machine may take to say that the worker has gone; then the line is cut, and it goes with that. */
const KILL_MS = 2_000;

/** A worker that was started on another machine, and what has come of it before anybody listened. */
export interface StartedWorker {
  readonly line: Line<ToMachine>;
  /** What it calls itself, and its address. */
  readonly host: string;
  readonly interpreter: { readonly path: string; readonly version: string; readonly origin: string };
  /** Absolute path on that machine. */
  readonly cwd: string;
  readonly early: { readonly body: unknown; readonly payload: Uint8Array }[];
}

/** As `WorkerProcess`, with the process on another machine. Gone with the connection to it. */
export class RemoteWorker implements SessionProcess {
  readonly #listener: WorkerListener;
  readonly #unsent: { readonly event: ToMachine; readonly payload: Uint8Array | undefined }[] = [];
  #started: StartedWorker | undefined;
  #pid: number | undefined;
  #killed = false;
  #ended = false;
  #nextId = 2;

  /** @param starting rejects with an error for a person when no machine takes it. */
  constructor(starting: Promise<StartedWorker>, listener: WorkerListener) {
    this.#listener = listener;
    starting.then(
      (started) => this.#connect(started),
      (error: Error) => this.#end({ code: null, signal: null, stderrTail: '', fault: error }),
    );
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  send(message: Outgoing, payload?: Uint8Array): number {
    // The first is the machine's: its hello.
    const id = this.#nextId++;
    this.#tell({ kind: 'message', header: { ...message, id, timestamp: Date.now() } }, payload);
    return id;
  }

  hold(held: boolean): void {
    this.#tell({ kind: 'hold', held });
    this.#started?.line.hold(held);
  }

  nudge(): void {
    this.#tell({ kind: 'nudge' });
  }

  kill(): void {
    if (this.#ended || this.#killed) return;
    this.#killed = true;
    const exit = { code: null, signal: 'SIGKILL', stderrTail: '', fault: null } as const;
    if (!this.#started) {
      // Never within the call.
      setImmediate(() => this.#end(exit));
      return;
    }
    this.hold(false);
    this.#tell({ kind: 'kill' });
    setTimeout(() => this.#end(exit), KILL_MS).unref();
  }

  #tell(event: ToMachine, payload?: Uint8Array): void {
    if (this.#ended) return;
    if (this.#started) this.#started.line.connection.sendEvent(event, payload);
    else this.#unsent.push({ event, payload });
  }

  #connect(started: StartedWorker): void {
    const { line, host, early } = started;
    if (this.#ended || this.#killed) {
      line.cut(new Error('nobody waits for it any more'));
      return;
    }
    this.#started = started;
    line.connection.onClose((reason) => {
      const why = reason ? ` (${reason.message})` : '';
      const fault = new Error(`the connection to ${host} was lost${why}.`);
      this.#end({ code: null, signal: null, stderrTail: '', fault });
    });
    line.connection.onEvent((body, payload) => this.#receive(body, payload));
    for (const { body, payload } of early.splice(0)) this.#receive(body, payload);
    line.watch({ kind: 'alive' });
    for (const { event, payload } of this.#unsent.splice(0)) {
      line.connection.sendEvent(event, payload);
      if (event.kind === 'hold') line.hold(event.held);
    }
  }

  #receive(body: unknown, payload: Uint8Array): void {
    if (this.#ended) return;
    this.#started?.line.heard();
    const parsed = FromMachine.safeParse(body);
    if (!parsed.success) {
      this.#breach('The machine sent an event of the wrong shape.');
      return;
    }
    const event = parsed.data;
    switch (event.kind) {
      case 'started':
        this.#pid = event.pid;
        return;
      case 'message': {
        const message = FromWorker.safeParse(event.header);
        if (message.success) this.#listener.message(message.data, payload);
        else this.#breach('The worker sent a message of the wrong shape.');
        return;
      }
      case 'output':
        this.#listener.output(event.stream, event.executionId, payload);
        return;
      case 'output_ended':
        this.#listener.outputEnded(event.stream, event.executionId);
        return;
      case 'exited': {
        const { code, signal, stderrTail, fault } = event;
        // Of any system's: it is only shown.
        const exit = { code, signal: signal as NodeJS.Signals | null, stderrTail };
        this.#end({ ...exit, fault: fault === null ? null : new Error(fault) });
        return;
      }
      case 'alive':
        return;
      default:
        unreachable(event);
    }
  }

  #breach(message: string): void {
    this.#end({ code: null, signal: null, stderrTail: '', fault: new Error(message) });
  }

  #end(exit: WorkerExit): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#started?.line.cut(new Error('its worker has ended'));
    this.#listener.exited(exit);
  }
}
