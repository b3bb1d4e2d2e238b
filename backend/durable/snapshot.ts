import { readFileSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { checkHeader, encodeHeader, encodeRecord, FileKind, RecordType, readRecords } from './journal/record.ts';
import type { State } from './state-machine.ts';

/** Records that are encoded before others get a turn. */
const AT_ONCE = 500;

/** Writes a state beside its place, record by record, and puts the whole, synced file in place. Cells and windows are served meanwhile. */
export async function writeSnapshot(file: string, time: number, state: State): Promise<void> {
  const draft = `${file}.draft`;
  const out = await open(draft, 'w', 0o600);
  try {
    await out.write(encodeHeader(FileKind.snapshot));
    await writeRecords(out, RecordType.promise, time, state.promises);
    await writeRecords(out, RecordType.task, time, state.tasks);
    await writeRecords(out, RecordType.schedule, time, state.schedules);
    await writeRecords(out, RecordType.timeouts, time, [state.timeouts]);
    const records = state.promises.length + state.tasks.length + state.schedules.length + 1;
    await writeRecords(out, RecordType.end, time, [{ records }]);
    await out.datasync();
  } finally {
    await out.close();
  }
  await rename(draft, file);
}

async function writeRecords(out: FileHandle, type: number, time: number, bodies: object[]): Promise<void> {
  for (let at = 0; at < bodies.length; at += AT_ONCE) {
    const records = bodies.slice(at, at + AT_ONCE).map((body) => encodeRecord({ type, time, body }));
    await out.writeFile(Buffer.concat(records));
  }
}

/**
 * @returns undefined when the file is not whole, to its last record.
 * @throws DurableError `newer_version`
 */
export function readSnapshot(file: string): { time: number; state: State } | undefined {
  const bytes = readFileSync(file);
  if (!checkHeader(file, bytes, FileKind.snapshot)) return undefined;
  const state: State = { promises: [], tasks: [], schedules: [], timeouts: { promises: [], tasks: [], schedules: [] } };
  let time = 0;
  let records = 0;
  let expected: number | undefined;
  readRecords(bytes, (record) => {
    time = record.time;
    if (record.type === RecordType.end) {
      expected = (record.body as { records: number }).records;
      return;
    }
    records++;
    const body = record.body as object;
    if (record.type === RecordType.promise) state.promises.push(body);
    else if (record.type === RecordType.task) state.tasks.push(body);
    else if (record.type === RecordType.schedule) state.schedules.push(body);
    else if (record.type === RecordType.timeouts) state.timeouts = body as State['timeouts'];
  });
  return records === expected ? { time, state } : undefined;
}
