import type { SessionEvent } from '../protocol/client/index.ts';
import type { Stream } from '../protocol/values.ts';
import { EventLog } from './event-log.ts';
import { OutputBatcher } from './output-batcher.ts';
import { OutputLog, type OutputPage } from './output-log.ts';
import { ProgramPace } from './program-pace.ts';

export interface JournalOptions {
  /** Absolute path of the folder for the output. Deleted with the session. */
  readonly folder: string;
  /** Bytes of one execution's output that are kept on disk. */
  readonly maxBytes: () => number;
  /** The program has to be held back, or may go on: a reader or the disk is behind, or it floods. */
  readonly hold: (held: boolean) => void;
}

/** What happens in a session, in order: for those who are attached, and the output also on disk. */
export class Journal {
  readonly events: EventLog;
  readonly #output: OutputLog;
  readonly #batcher: OutputBatcher;
  readonly #holding = { reader: false, disk: false, pace: false };
  readonly #pace = new ProgramPace();
  readonly #hold: (held: boolean) => void;
  #draining = false;
  #waiting: (() => void)[] = [];

  constructor({ folder, maxBytes, hold }: JournalOptions) {
    this.#hold = hold;
    this.events = new EventLog((held) => this.#setHeld('reader', held));
    this.#output = new OutputLog({
      folder,
      maxBytes,
      hold: (held) => this.#setHeld('disk', held),
      cut: (executionId, reason) => this.events.append({ kind: 'output_cut', executionId, reason }),
    });
    this.#batcher = new OutputBatcher((stream, executionId, bytes) => {
      this.events.append({ kind: 'output', executionId, stream }, bytes);
      this.#output.append(executionId, stream, bytes);
      this.#keepPace(bytes.length);
    });
  }

  /** Nobody reads the program's output at the moment. */
  get held(): boolean {
    return Object.values(this.#holding).includes(true);
  }

  /** While an execution is being cancelled neither a slow reader nor a slow disk may keep the worker's answer from us. */
  set draining(value: boolean) {
    this.events.draining = value;
    this.#output.draining = value;
    this.#draining = value;
    if (value) this.#setHeld('pace', false);
  }

  /** Settles when whoever writes may go on. */
  async room(): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  output(stream: Stream, executionId: string | null, bytes: Uint8Array): void {
    this.#batcher.push(stream, executionId, bytes);
  }

  /** Records an event behind all output that came before it. */
  tell(event: SessionEvent, payload?: Uint8Array): void {
    this.#batcher.flush();
    this.events.append(event, payload);
  }

  /** Settles when what was printed has been handed to the system, unless the disk must not hold anything back now. */
  async written(): Promise<void> {
    this.#batcher.flush();
    await this.#output.written();
  }

  /** Whether it has output of that execution, kept or not. */
  knows(executionId: string | null): boolean {
    this.#batcher.flush();
    return this.#output.knows(executionId);
  }

  /** @throws HoldfastError `not_found` */
  async readOutput(executionId: string | null, start: number, count: number): Promise<OutputPage> {
    this.#batcher.flush();
    return this.#output.read(executionId, start, count);
  }

  /** Deletes the output. */
  async close(): Promise<void> {
    await this.#output.close();
  }

  #keepPace(bytes: number): void {
    if (this.#draining || this.#holding.pace || !this.events.onlyLossy) return;
    const pause = this.#pace.pauseAfter(bytes);
    if (pause === 0) return;
    this.#setHeld('pace', true);
    setTimeout(() => this.#setHeld('pace', false), pause);
  }

  #setHeld(who: 'reader' | 'disk' | 'pace', held: boolean): void {
    const before = this.held;
    this.#holding[who] = held;
    if (this.held === before) return;
    this.#hold(this.held);
    if (!this.held) for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
