import { ProtocolError } from '../protocol/errors.ts';
import { type FromMachine, ToMachine } from '../protocol/machine.ts';
import { unreachable } from '../protocol/unreachable.ts';
import { WorkerProcess } from '../sessions/worker-process.ts';
import type { WorkerCommand } from '../workers/language.ts';
import type { Line } from './line.ts';

/** A worker of this machine whose session is a backend's at the other end of a line. */
export class HostedWorker {
  readonly #line: Line<FromMachine>;
  readonly #process: WorkerProcess;
  /** The backend wants nothing now. */
  #asked = false;
  /** The line takes nothing now. */
  #behind = false;
  #toldPid = false;

  constructor(line: Line<FromMachine>, command: WorkerCommand, cwd: string) {
    this.#line = line;
    this.#process = new WorkerProcess(command, cwd, {
      message: (message, payload) => this.#tell({ kind: 'message', header: message }, payload),
      output: (stream, executionId, bytes) => this.#tell({ kind: 'output', stream, executionId }, bytes),
      outputEnded: (stream, executionId) => this.#tell({ kind: 'output_ended', stream, executionId }),
      exited: ({ code, signal, stderrTail, fault }) => {
        this.#tell({ kind: 'exited', code, signal, stderrTail, fault: fault?.message ?? null });
        line.connection.close();
      },
    });
    line.connection.onEvent((body, payload) => this.#receive(body, payload));
    line.connection.onClose(() => this.#process.kill());
    line.watch({ kind: 'alive' });
  }

  #tell(event: FromMachine, payload?: Uint8Array): void {
    const { pid } = this.#process;
    if (!this.#toldPid && pid !== undefined) {
      this.#toldPid = true;
      this.#line.connection.sendEvent({ kind: 'started', pid } satisfies FromMachine);
    }
    try {
      if (!this.#line.connection.sendEvent(event, payload)) this.#fallBehind();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#line.cut(error);
    }
  }

  /** Until the line takes more the program waits, as it would for a slow terminal. */
  #fallBehind(): void {
    if (this.#behind) return;
    this.#behind = true;
    this.#process.hold(true);
    void this.#line.connection.drained().then(() => {
      this.#behind = false;
      if (!this.#asked) this.#process.hold(false);
    });
  }

  #receive(body: unknown, payload: Uint8Array): void {
    this.#line.heard();
    const parsed = ToMachine.safeParse(body);
    if (!parsed.success) {
      this.#line.cut(new ProtocolError('malformed', 'An unknown event.'));
      return;
    }
    const event = parsed.data;
    switch (event.kind) {
      case 'message':
        this.#process.forward(event.header, payload);
        return;
      case 'hold':
        this.#asked = event.held;
        if (!this.#behind) this.#process.hold(event.held);
        return;
      case 'nudge':
        this.#process.nudge();
        return;
      case 'kill':
        this.#process.kill();
        return;
      case 'alive':
        return;
      default:
        unreachable(event);
    }
  }
}
