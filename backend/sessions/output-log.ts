import { logError } from '../log.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { encodeFrame, type Frame, FrameDecoder } from '../protocol/frame.ts';
import type { Stream } from '../protocol/values.ts';
import { DiskLog } from './disk-log.ts';

/** More than this that waits for the disk holds the program back. Bytes. */
const HOLD_BYTES = 4 * 1024 * 1024;
const RELEASE_BYTES = 1024 * 1024;
/** What may wait when the program cannot be held back, because it is being cancelled. */
const MAX_BACKLOG_BYTES = 32 * 1024 * 1024;
/** A session keeps so many times the output that one execution may have. */
const EXECUTIONS_IN_FULL = 4;
const MAX_EXECUTIONS = 10_000;
/** Distance of the places from which reading can begin. Bytes of output. */
const MARK_BYTES = 256 * 1024;
const MAX_MARKS = 2_000;
const READ_BYTES = 256 * 1024;

/** From here on in the log, this execution's output goes on from that byte. */
interface Mark {
  readonly position: number;
  readonly output: number;
}

interface Entry {
  marks: Mark[];
  /** Bytes that are on disk, or on their way. */
  kept: number;
  total: number;
  cut: string | null;
  /** Position behind its last record. */
  end: number;
}

/** A record that may not be on disk yet. */
interface Unwritten {
  readonly executionId: string | null;
  readonly position: number;
  readonly bytes: number;
}

export interface OutputPage {
  readonly bytes: Uint8Array;
  readonly kept: number;
  readonly total: number;
  readonly cut: string | null;
}

export interface OutputLogOptions {
  /** Absolute path. Its content is deleted with the session. */
  readonly folder: string;
  /** Bytes of one execution that are kept. */
  readonly maxBytes: () => number;
  /** The disk is behind: the program has to wait, or may go on. */
  readonly hold: (held: boolean) => void;
  /** From here on the output of this execution is not kept, and why. Once per execution. */
  readonly cut: (executionId: string | null, reason: string) => void;
}

/** The output of a session's executions on disk: each up to a limit, together up to a few times that. */
export class OutputLog {
  readonly #options: OutputLogOptions;
  readonly #disk: DiskLog;
  readonly #entries = new Map<string | null, Entry>();
  readonly #unwritten: Unwritten[] = [];
  #last: string | null | undefined;
  #held = false;
  #draining = false;

  constructor(options: OutputLogOptions) {
    this.#options = options;
    this.#disk = new DiskLog({
      folder: options.folder,
      maxBytes: () => options.maxBytes() * EXECUTIONS_IN_FULL,
      backlogChanged: () => this.#updateHold(),
      failed: (error) => this.#failed(error),
    });
  }

  /** While an execution is being cancelled the program is not held back. */
  set draining(value: boolean) {
    this.#draining = value;
    this.#updateHold();
  }

  append(executionId: string | null, stream: Stream, bytes: Uint8Array): void {
    const entry = this.#entry(executionId);
    entry.total += bytes.length;
    if (entry.cut !== null) return;
    const room = this.#options.maxBytes() - entry.kept;
    const kept = bytes.length > room ? bytes.subarray(0, room) : bytes;
    if (kept.length > 0) this.#write(executionId, entry, stream, kept);
    if (kept.length < bytes.length) this.#cut(executionId, entry, limitReached(this.#options.maxBytes()));
    else if (this.#disk.backlog > MAX_BACKLOG_BYTES) this.#cut(executionId, entry, 'The disk was too slow for it.');
  }

  knows(executionId: string | null): boolean {
    return this.#entries.has(executionId);
  }

  /** @throws HoldfastError `not_found` when the output of that execution is not kept, or not any more. */
  async read(executionId: string | null, start: number, count: number): Promise<OutputPage> {
    const entry = this.#entries.get(executionId);
    const first = entry?.marks[0];
    if (!entry || (first && first.position < this.#disk.start)) {
      throw new HoldfastError('not_found', 'The output of that execution is not kept.');
    }
    const bytes = await this.#collect(executionId, entry, start, Math.min(count, entry.kept - start));
    return { bytes, kept: entry.kept, total: entry.total, cut: entry.cut };
  }

  /** Settles when everything so far is in its file, or could not be written; at once while the disk must hold nothing back. */
  async written(): Promise<void> {
    if (!this.#draining) await this.#disk.flushed();
  }

  /** Deletes everything. */
  async close(): Promise<void> {
    this.#entries.clear();
    await this.#disk.close();
  }

  #entry(executionId: string | null): Entry {
    let entry = this.#entries.get(executionId);
    if (!entry) {
      entry = { marks: [], kept: 0, total: 0, cut: null, end: this.#disk.end };
      this.#entries.set(executionId, entry);
      for (const [id, { end }] of this.#entries) {
        if (id === null) continue;
        if (this.#entries.size <= MAX_EXECUTIONS && end >= this.#disk.start) break;
        this.#entries.delete(id);
      }
    }
    return entry;
  }

  #write(executionId: string | null, entry: Entry, stream: Stream, bytes: Uint8Array): void {
    const position = this.#disk.append(...encodeFrame({ executionId, stream, at: Date.now() }, bytes));
    const before = entry.marks.at(-1);
    if (!before || this.#last !== executionId || entry.kept - before.output >= MARK_BYTES) {
      entry.marks.push({ position, output: entry.kept });
      if (entry.marks.length > MAX_MARKS) entry.marks = entry.marks.filter((_, index) => index % 2 === 0);
    }
    this.#last = executionId;
    this.#unwritten.push({ executionId, position, bytes: bytes.length });
    entry.kept += bytes.length;
    entry.end = this.#disk.end;
  }

  async #collect(executionId: string | null, entry: Entry, start: number, count: number): Promise<Uint8Array> {
    const mark = entry.marks.findLast(({ output }) => output <= start);
    if (!mark || count <= 0) return new Uint8Array(0);
    const found: Uint8Array[] = [];
    let missing = count;
    let skip = start - mark.output;
    for await (const { header, payload } of this.#frames(mark.position, entry.end)) {
      if ((header as { executionId: string | null }).executionId !== executionId) continue;
      const part = payload.subarray(skip, skip + missing);
      skip = Math.max(0, skip - payload.length);
      missing -= part.length;
      found.push(part);
      if (missing === 0) break;
    }
    return Buffer.concat(found);
  }

  async *#frames(from: number, end: number): AsyncGenerator<Frame> {
    const decoder = new FrameDecoder();
    for (let position = from; position < end; ) {
      const chunk = await this.#disk.read(position, READ_BYTES);
      if (chunk.length === 0) return;
      position += chunk.length;
      yield* decoder.push(chunk);
    }
  }

  #cut(executionId: string | null, entry: Entry, reason: string): void {
    entry.cut = reason;
    this.#options.cut(executionId, reason);
  }

  #failed(error: NodeJS.ErrnoException): void {
    logError(`The output log ${this.#options.folder} could not be written`, error);
    for (const { executionId, position, bytes } of this.#takeUnwritten(Number.POSITIVE_INFINITY)) {
      const entry = this.#entries.get(executionId);
      if (!entry || position < this.#disk.written) continue;
      entry.kept -= bytes;
      entry.marks = entry.marks.filter((mark) => mark.position < position);
      if (entry.cut === null) this.#cut(executionId, entry, notWritten(error));
    }
  }

  #takeUnwritten(before: number): Unwritten[] {
    const first = this.#unwritten.findIndex(({ position }) => position >= before);
    return this.#unwritten.splice(0, first < 0 ? this.#unwritten.length : first);
  }

  #updateHold(): void {
    const { backlog, written } = this.#disk;
    this.#takeUnwritten(written);
    const held = !this.#draining && backlog > (this.#held ? RELEASE_BYTES : HOLD_BYTES);
    if (held === this.#held) return;
    this.#held = held;
    this.#options.hold(held);
  }
}

function limitReached(maxBytes: number): string {
  return `Only the first ${formatBytes(maxBytes)} are kept (holdfast.output.maxBytes).`;
}

function notWritten({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ENOSPC' ? 'The disk is full.' : `It could not be written: ${message}`;
}

function formatBytes(bytes: number): string {
  const mib = bytes / 1024 ** 2;
  return mib >= 1 ? `${Number(mib.toFixed(1))} MiB` : `${bytes} bytes`;
}
