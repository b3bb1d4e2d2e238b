import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import lockfile from 'proper-lockfile';
import { processExists } from '../process-exists.ts';
import { DurableError } from './durable-error.ts';

interface Owner {
  pid: number;
  /** When the process began, where the system tells: a pid may be another process by now. */
  began: string | null;
}

/**
 * Takes a folder for this process. The file lock is held only while the owner is looked at and written: kept for good it would have to be
 * touched every few seconds (a disk that never rests), and after a `kill -9` it would keep the next backend waiting until it is stale.
 * @returns what gives the folder back.
 * @throws DurableError `locked` when a living process has it.
 */
export async function takeFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, 'owner.json');
  const unlock = await lockfile
    .lock(folder, {
      lockfilePath: path.join(folder, 'owner.lock'),
      realpath: false,
      stale: 2_000,
      retries: { retries: 100, factor: 1, minTimeout: 50, maxTimeout: 50 },
      // The folder was removed meanwhile: writing to it says so.
      onCompromised: () => {},
    })
    .catch((error: unknown) => {
      throw new DurableError('locked', `${folder} is being opened by another process. Try again.`, { cause: error });
    });
  try {
    const owner = await livingOwner(file);
    if (owner) {
      throw new DurableError('locked', `${folder} is in use by process ${owner.pid}. Stop that backend first.`);
    }
    writeFileSync(file, JSON.stringify({ pid: process.pid, began: beginOf(process.pid) } satisfies Owner), {
      mode: 0o600,
    });
  } finally {
    await unlock();
  }
  return () => rm(file, { force: true });
}

/** One that was just killed may need a moment to be gone. */
async function livingOwner(file: string): Promise<Owner | undefined> {
  for (let tries = 0; ; tries++) {
    const owner = readOwner(file);
    if (!owner || !isAlive(owner)) return undefined;
    if (tries === 10) return owner;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    // None, or half written by a process that died over it: nobody has the folder.
    return undefined;
  }
}

function isAlive({ pid, began }: Owner): boolean {
  return processExists(pid) && (began === null || beginOf(pid) === began);
}

/**
 * Clock ticks from the system's start to the process's: field 22 of /proc/PID/stat (proc(5)). Null also for one that is dead but was not
 * reaped yet, which a signal still finds.
 */
function beginOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : (rest[18] ?? null);
  } catch {
    return null;
  }
}
