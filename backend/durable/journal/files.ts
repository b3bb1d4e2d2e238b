import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { encodeHeader, FileKind } from './record.ts';

const NAME = /^(journal|snapshot)-(\d{8})$/;
/** Of files that were set aside. */
const MAX_DAMAGED = 10;

/** The files of a folder: `journal-N` holds what came after `snapshot-N` was taken. */
export class JournalFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  journal(generation: number): string {
    return path.join(this.folder, `journal-${String(generation).padStart(8, '0')}`);
  }

  snapshot(generation: number): string {
    return path.join(this.folder, `snapshot-${String(generation).padStart(8, '0')}`);
  }

  /** The generations of which there is a file, rising. */
  generations(kind: 'journal' | 'snapshot'): number[] {
    return readdirSync(this.folder)
      .map((name) => NAME.exec(name))
      .filter((match) => match?.[1] === kind)
      .map((match) => Number(match?.[2]))
      .sort((one, other) => one - other);
  }

  /** Opens a journal to append to; a new one gets its header, which is on disk before anything else. */
  open(generation: number, isNew: boolean): number {
    const fd = openSync(this.journal(generation), isNew ? 'wx' : 'a', 0o600);
    if (!isNew) return fd;
    try {
      writeSync(fd, encodeHeader(FileKind.journal));
      fsyncSync(fd);
      this.sync();
      return fd;
    } catch (error) {
      closeSync(fd);
      rmSync(this.journal(generation), { force: true });
      throw error;
    }
  }

  /** Puts the folder's own entries on disk: names of files that came, went or changed. */
  sync(): void {
    // Windows cannot open a folder, and journals its names itself.
    if (process.platform === 'win32') return;
    const fd = openSync(this.folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** With a new snapshot in place: removes what neither it nor the one before it needs, which stays in case this one turns out damaged. */
  removeObsolete(generation: number): void {
    const previous = this.generations('snapshot').filter((other) => other < generation);
    const keep = previous.at(-1) ?? 0;
    for (const old of previous) if (old < keep) rmSync(this.snapshot(old));
    for (const old of this.generations('journal')) if (old < keep) rmSync(this.journal(old));
  }

  /** Moves a damaged file to where a person can look at it. @returns its new path. */
  setAside(file: string): string {
    const target = this.pathAside(file);
    renameSync(file, target);
    return target;
  }

  /** A place for what is damaged; the oldest things there make room. */
  pathAside(file: string): string {
    const folder = path.join(this.folder, 'damaged');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const names = readdirSync(folder).sort((one, other) => age(one) - age(other));
    for (const name of names.slice(0, Math.max(0, names.length + 1 - MAX_DAMAGED)))
      rmSync(path.join(folder, name), { force: true });
    return path.join(folder, `${path.basename(file)}-${Date.now()}`);
  }
}

function age(name: string): number {
  return Number(name.split('-').at(-1));
}
