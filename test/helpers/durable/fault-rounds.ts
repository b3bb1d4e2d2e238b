import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Durable } from '../../../backend/durable/durable.ts';
import type { NetworkSetting } from '../../../backend/durable/networks.ts';
import { temporaryFolder } from './networks.ts';

export interface Tally {
  rounds: number;
  /** Operations that were acknowledged and had to be there. */
  checked: number;
  /** Of them, those that were not, or were different. */
  lost: string[];
}

const HOUR = 3_600_000;
/** Rounds that write into one folder, so that its snapshots and journals turn over. */
const ROUNDS_PER_FOLDER = 20;

function embedded(folder: string, snapshotBytes = 48 * 1024): NetworkSetting {
  return { kind: 'embedded', folder, retention: { maxAgeMs: HOUR, maxCount: 1_000_000 }, snapshotBytes };
}

/** Kills a process that writes, at a random moment, and looks whether what it had been promised is there. */
export async function killRounds(rounds: number): Promise<Tally> {
  const tally: Tally = { rounds, checked: 0, lost: [] };
  let folder = '';
  let known = new Map<string, 'c' | 's'>();
  try {
    for (let round = 0; round < rounds; round++) {
      if (round % ROUNDS_PER_FOLDER === 0) {
        if (folder) rmSync(folder, { recursive: true });
        folder = await temporaryFolder();
        known = new Map();
      }
      for (const [id, how] of await writeUntilKilled(folder, `r${round}`)) known.set(id, how);
      await compare(folder, known, tally);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}

async function writeUntilKilled(folder: string, prefix: string): Promise<Map<string, 'c' | 's'>> {
  const program = path.join(import.meta.dirname, 'writer-process.ts');
  const child = spawn(process.execPath, [program, folder, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.startsWith('ready\n')) resolve();
    });
    child.on('exit', () => reject(new Error('The writer ended before it was ready.')));
  });
  const closed = once(child, 'close');
  await ready;
  // The moment is what is random here; there is no event to wait for.
  setTimeout(() => child.kill('SIGKILL'), Math.random() * 120);
  await closed;
  const acknowledged = new Map<string, 'c' | 's'>();
  // A line that was cut by the kill was acknowledged too, but is not known whole.
  for (const line of text.split('\n').slice(1, -1)) acknowledged.set(line.slice(2), line[0] as 'c' | 's');
  return acknowledged;
}

async function compare(folder: string, known: ReadonlyMap<string, 'c' | 's'>, tally: Tally): Promise<void> {
  const durable = await Durable.open({ network: embedded(folder) });
  try {
    for (const [id, how] of known) {
      tally.checked++;
      const found = await durable.get(id);
      const right = found?.data === id && (how === 'c' || (found.state === 'resolved' && found.value === id));
      if (!right) tally.lost.push(`${how} ${id}: ${JSON.stringify(found)}`);
    }
  } finally {
    await durable.close();
  }
}

interface Written {
  id: string;
  how: 'c' | 's';
  /** Where the journal ended when it was acknowledged. */
  generation: number;
  bytes: number;
}

/**
 * Cuts or flips bits of a random file of a journal and opens it. What was acknowledged before the damaged place must be there, and all of it when a
 * snapshot, or a journal that a whole snapshot has taken over, is what was damaged.
 */
export async function corruptionRounds(rounds: number): Promise<Tally> {
  const tally: Tally = { rounds, checked: 0, lost: [] };
  const source = await temporaryFolder();
  const copy = `${source}-copy`;
  try {
    const written = await writeSource(source);
    for (let round = 0; round < rounds; round++) {
      rmSync(copy, { recursive: true, force: true });
      cpSync(source, copy, { recursive: true });
      const safe = damage(copy);
      const expected = written.filter(({ generation, bytes }) => safe(generation, bytes));
      await compare(copy, new Map(expected.map(({ id, how }) => [id, how])), tally);
    }
  } finally {
    rmSync(source, { recursive: true, force: true });
    rmSync(copy, { recursive: true, force: true });
  }
  return tally;
}

async function writeSource(folder: string): Promise<Written[]> {
  const durable = await Durable.open({ network: embedded(folder, 16 * 1024) });
  const written: Written[] = [];
  for (let n = 0; n < 120; n++) {
    const id = `op-${n}`;
    await durable.create(id, { timeoutMs: HOUR, data: id });
    written.push({ id, how: 'c', ...place(folder) });
    if (n % 3 === 0) continue;
    await durable.settle(id, 'resolve', id);
    written.push({ id, how: 's', ...place(folder) });
  }
  await durable.close();
  return written;
}

function generations(folder: string, kind: string): number[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${kind}-`) && !name.endsWith('.draft'))
    .map((name) => Number(name.split('-')[1]))
    .sort((one, other) => one - other);
}

function place(folder: string): { generation: number; bytes: number } {
  const generation = generations(folder, 'journal').at(-1) ?? 0;
  return { generation, bytes: statSync(path.join(folder, `journal-${String(generation).padStart(8, '0')}`)).size };
}

/** @returns whether an operation that was acknowledged there must have survived. */
function damage(folder: string): (generation: number, bytes: number) => boolean {
  const files = readdirSync(folder).filter((name) => /^(journal|snapshot)-\d+$/.test(name));
  const name = files[Math.floor(Math.random() * files.length)] ?? '';
  const file = path.join(folder, name);
  const bytes = readFileSync(file);
  const at = Math.floor(Math.random() * bytes.length);
  if (Math.random() < 0.5) truncateSync(file, at);
  else {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
    writeFileSync(file, bytes);
  }
  const generation = Number(name.split('-')[1]);
  const newest = generations(folder, 'snapshot').at(-1) ?? 0;
  if (name.startsWith('snapshot') || generation < newest) return () => true;
  return (other, end) => other < generation || (other === generation && end <= at);
}
