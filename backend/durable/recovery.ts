import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { JournalFiles } from './journal/files.ts';
import { checkHeader, FileKind, HEADER_BYTES, type JournalRecord, RecordType, readRecords } from './journal/record.ts';
import { readSnapshot } from './snapshot.ts';
import { type JournaledRequest, type Retention, StateMachine } from './state-machine.ts';

/** What a start found. */
export interface Recovered {
  machine: StateMachine;
  /** The newest time that was written, in Unix milliseconds; 0 in an empty folder. */
  time: number;
  /** Of the journal that goes on. */
  generation: number;
  fd: number;
  /** In that journal. */
  bytes: number;
  report: RecoveryReport;
}

export interface RecoveryReport {
  promises: number;
  /** Records that were applied again. */
  replayed: number;
  milliseconds: number;
  /** Absolute paths of what could not be read, set aside; empty after an ordinary start, a kill included. */
  damaged: string[];
}

/**
 * Rebuilds the state: the newest snapshot that is whole, and the journals from its generation on, up to the first record that is not. What comes after that
 * is set aside, and the journal goes on from there.
 * @throws DurableError `newer_version`, with nothing changed.
 */
export function recover(files: JournalFiles): Recovered {
  const began = performance.now();
  const damaged: string[] = [];
  for (const name of readdirSync(files.folder)) if (name.endsWith('.draft')) rmSync(path.join(files.folder, name));

  const machine = new StateMachine();
  let time = 0;
  let generation = 0;
  for (const candidate of files.generations('snapshot').reverse()) {
    const snapshot = readSnapshot(files.snapshot(candidate));
    if (snapshot) {
      machine.load(snapshot.state);
      time = snapshot.time;
      generation = candidate;
      break;
    }
    damaged.push(files.setAside(files.snapshot(candidate)));
  }

  let replayed = 0;
  const take = (record: JournalRecord) => {
    time = Math.max(time, record.time);
    replay(machine, record);
    replayed++;
  };
  let last: { generation: number; bytes: number } | undefined;
  let broken = false;
  for (const next of files.generations('journal')) {
    if (next < generation) continue;
    const file = files.journal(next);
    // After a gap or damage nothing can be applied: it stands on what is missing.
    if (broken || next !== (last ? last.generation + 1 : generation || 1)) {
      damaged.push(files.setAside(file));
      broken = true;
      continue;
    }
    const bytes = readFileSync(file);
    if (!checkHeader(file, bytes, FileKind.journal)) {
      // Killed while it was begun, or damaged: no record of it was ever readable.
      damaged.push(...(bytes.length < HEADER_BYTES ? [] : [files.setAside(file)]));
      if (bytes.length < HEADER_BYTES) rmSync(file);
      broken = true;
      continue;
    }
    const end = readRecords(bytes, take);
    if (end < bytes.length) {
      damaged.push(cut(files, file, bytes, end));
      broken = true;
    }
    last = { generation: next, bytes: end };
  }
  const current = last ?? { generation: generation || 1, bytes: HEADER_BYTES };
  const fd = files.open(current.generation, !last);
  const milliseconds = performance.now() - began;
  return { machine, time, ...current, fd, report: { promises: machine.size, replayed, milliseconds, damaged } };
}

function replay(machine: StateMachine, { type, time, body }: JournalRecord): void {
  if (type === RecordType.request) machine.apply(time, body as JournaledRequest);
  else if (type === RecordType.boot) machine.releaseLeftovers(time);
  else if (type === RecordType.trim) machine.trim(time, body as Retention);
  else throw new Error(`The durable journal holds a record of type ${type}, which this format does not have.`);
}

/** Shortens a journal to its whole records. The rest is kept aside where there is room for it: on a full disk it is half a record. */
function cut(files: JournalFiles, file: string, bytes: Buffer, end: number): string {
  let aside: string | undefined;
  try {
    aside = files.pathAside(file);
    writeFileSync(aside, bytes.subarray(end), { mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    if (aside) rmSync(aside, { force: true });
    aside = file;
  }
  const fd = openSync(file, 'r+');
  try {
    ftruncateSync(fd, end);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return aside;
}
