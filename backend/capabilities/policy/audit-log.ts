import { appendFile, mkdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { log } from '../../log.ts';
import { AuditEntry } from '../../protocol/client/security.ts';

/** A file of it. One older file is kept beside it. Bytes. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** Milliseconds in which entries are gathered. */
const GATHER_MS = 20;
/** Entries that may wait to be written: a disk that does not answer must not fill the memory. */
const MAX_WAITING = 10_000;

/** An append-only log of what was allowed and denied, a JSON object a line. It never has answers, contents or values. */
export class AuditLog {
  readonly file: string;
  #waiting: string[] = [];
  #dropped = 0;
  #writing: Promise<void> | undefined;

  /** @param file absolute path */
  constructor(file: string) {
    this.file = file;
  }

  add(entry: AuditEntry): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(`${JSON.stringify(entry)}\n`);
    this.#writing ??= this.#write();
  }

  /** Settles when all that was added has been written, or could not be. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  /** The newest, oldest first. */
  async tail(count: number): Promise<AuditEntry[]> {
    await this.flushed();
    const texts = await Promise.all([this.#older, this.file].map((file) => readFile(file, 'utf8').catch(() => '')));
    const lines = texts.join('').split('\n');
    const entries = lines.slice(-count - 1).flatMap((line) => AuditEntry.safeParse(parse(line)).data ?? []);
    return entries.slice(-count);
  }

  get #older(): string {
    return `${this.file}.1`;
  }

  async #write(): Promise<void> {
    // A program that does much is written down in one go.
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    while (this.#waiting.length > 0) {
      const text = this.#waiting.splice(0).join('');
      try {
        await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
        await this.#putAside();
        await appendFile(this.file, text, { mode: 0o600 });
      } catch (error) {
        log(`The audit log ${this.file} cannot be written: ${(error as Error).message}`);
      }
      if (this.#dropped > 0) log(`${this.#dropped} entries of the audit log were dropped: the disk is too slow.`);
      this.#dropped = 0;
    }
    this.#writing = undefined;
  }

  /** A file that is full. When it cannot be, it grows: what was decided is worth more than its size. */
  async #putAside(): Promise<void> {
    const size = await stat(this.file).then(
      (found) => found.size,
      () => 0,
    );
    if (size <= MAX_FILE_BYTES) return;
    try {
      await rename(this.file, this.#older);
    } catch (error) {
      log(`The audit log ${this.file} is full and cannot be put aside: ${(error as Error).message}`);
    }
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
