import { mkdirSync } from 'node:fs';
import { type FileHandle, open, rm, truncate } from 'node:fs/promises';
import path from 'node:path';

/** A file of the log. The oldest go first when the log is over its limit. Bytes. */
const SEGMENT_BYTES = 32 * 1024 * 1024;

interface Segment {
  /** Position of its first byte in the log. */
  readonly start: number;
  readonly file: string;
  /** Bytes that are on disk. */
  length: number;
  handle: FileHandle | undefined;
}

export interface DiskLogOptions {
  /** Absolute path; made at the first write. */
  readonly folder: string;
  /** Bytes that are kept. Older ones are deleted, a file at a time. */
  readonly maxBytes: () => number;
  /** What waits to be written has become more or less. */
  readonly backlogChanged: () => void;
  /** Writing failed: what lies behind `written` is not kept. The next append tries again. Called before that is forgotten. */
  readonly failed: (error: NodeJS.ErrnoException) => void;
}

/**
 * An append-only log of bytes in files of one folder, written in the background, in order. Positions count from the log's first
 * byte and stay the same when old files are deleted. Nothing of a failed write is ever read.
 */
export class DiskLog {
  readonly #options: DiskLogOptions;
  readonly #segments: Segment[] = [];
  #waiting: Uint8Array[] = [];
  #backlog = 0;
  #end = 0;
  #writing: Promise<void> | undefined;
  /** Who waits until everything before a position has been written, in the order of the positions. */
  #waiters: { readonly position: number; readonly resolve: () => void }[] = [];
  #closed = false;

  constructor(options: DiskLogOptions) {
    this.#options = options;
  }

  /** Bytes that wait to be written. */
  get backlog(): number {
    return this.#backlog;
  }

  /** Position of the oldest byte that is kept. */
  get start(): number {
    return this.#segments[0]?.start ?? this.written;
  }

  /** Position behind the newest byte that is on disk, or was given up. */
  get written(): number {
    return this.#end - this.#backlog;
  }

  /** Position behind the newest byte. */
  get end(): number {
    return this.#end;
  }

  /** @returns the position of the first of these bytes. They are not copied: leave them as they are. */
  append(...parts: readonly Uint8Array[]): number {
    const position = this.#end;
    if (this.#closed) return position;
    for (const part of parts) {
      this.#waiting.push(part);
      this.#backlog += part.length;
      this.#end += part.length;
    }
    this.#options.backlogChanged();
    this.#writing ??= this.#write();
    return position;
  }

  /** Settles when everything that was appended before has been written, or could not be. */
  flushed(): Promise<void> {
    const position = this.#end;
    if (this.written >= position) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ position, resolve }));
  }

  /**
   * Reads from a position up to the end of the file it lies in, at most `length` bytes.
   * @returns nothing when the position is not kept.
   */
  async read(position: number, length: number): Promise<Uint8Array> {
    await this.flushed();
    const segment = this.#segments.findLast(({ start }) => start <= position);
    const left = segment ? segment.start + segment.length - position : 0;
    if (!segment || left <= 0) return new Uint8Array(0);
    // A handle of its own: the segment may be deleted while it is read, or has just been.
    const handle = await open(segment.file, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!handle) return new Uint8Array(0);
    try {
      const { bytesRead, buffer } = await handle.read({
        buffer: Buffer.alloc(Math.min(length, left)),
        position: position - segment.start,
      });
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  /** Removes the folder. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting = [];
    await this.#writing;
    for (const segment of this.#segments.splice(0)) await segment.handle?.close();
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  async #write(): Promise<void> {
    // What is appended in one turn is written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const parts = this.#waiting;
      this.#waiting = [];
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      try {
        const segment = await this.#segment(this.written);
        await writeAll(segment, parts);
        segment.length += length;
        await this.#deleteOld();
        this.#backlog -= length;
      } catch (error) {
        this.#options.failed(error as NodeJS.ErrnoException);
        await this.#giveUp();
      }
      this.#release();
      this.#options.backlogChanged();
    }
    this.#writing = undefined;
    // Closing has dropped what waited.
    this.#backlog = 0;
    this.#release();
  }

  #release(): void {
    const { written } = this;
    const first = this.#waiters.findIndex(({ position }) => position > written);
    const done = this.#waiters.splice(0, first < 0 ? this.#waiters.length : first);
    for (const { resolve } of done) resolve();
  }

  /** The file to write to at this position. */
  async #segment(position: number): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (last?.handle && last.length < SEGMENT_BYTES && last.start + last.length === position) return last;
    await last?.handle?.close();
    if (last) last.handle = undefined;
    const { folder } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, `${String(position).padStart(15, '0')}.log`);
    const segment: Segment = { start: position, file, length: 0, handle: await open(file, 'w', 0o600) };
    this.#segments.push(segment);
    return segment;
  }

  async #deleteOld(): Promise<void> {
    while (this.#segments.length > 1 && this.written - this.start > this.#options.maxBytes()) {
      const oldest = this.#segments.shift();
      if (oldest) await rm(oldest.file, { force: true });
    }
  }

  /** Leaves a gap in the log where the failed bytes were, and goes on in a new file. */
  async #giveUp(): Promise<void> {
    this.#waiting = [];
    this.#backlog = 0;
    const last = this.#segments.at(-1);
    await last?.handle?.close().catch(() => {});
    if (!last) return;
    last.handle = undefined;
    // Frees what the failed write took.
    if (last.length > 0) return truncate(last.file, last.length).catch(() => {});
    this.#segments.pop();
    await rm(last.file, { force: true });
  }
}

/** `writev` may write less than it was given. */
async function writeAll({ handle, length }: Segment, parts: readonly Uint8Array[]): Promise<void> {
  let rest = [...parts];
  let position = length;
  while (rest.length > 0) {
    let { bytesWritten = 0 } = (await handle?.writev(rest, position)) ?? {};
    position += bytesWritten;
    while (rest[0] && bytesWritten >= rest[0].length) {
      bytesWritten -= rest[0].length;
      rest = rest.slice(1);
    }
    if (rest[0] && bytesWritten > 0) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)];
  }
}
