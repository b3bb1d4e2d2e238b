import { readdir, readFile } from 'node:fs/promises';

interface Child {
  readonly pid: number;
  readonly parent: number;
  /** Unix milliseconds, to the resolution of the system's clock tick. */
  readonly startedAt: number;
}

const TICK_MS = 10;

/**
 * Kills the process trees that this process has started since a moment. Answers how many processes that were.
 * @param since Unix milliseconds.
 */
export async function killChildren(since: number): Promise<number> {
  const all = await allProcesses();
  const doomed = all.filter(({ parent, startedAt }) => parent === process.pid && startedAt >= since - 2 * TICK_MS);
  for (let next = 0; next < doomed.length; next++) {
    doomed.push(...all.filter(({ parent }) => parent === doomed[next]?.pid));
  }
  for (const { pid } of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return doomed.length;
}

/** None where Node's permission model holds this thread: it keeps `/proc` and `ps` from it. The backend's kill of the group ends the children there. */
async function allProcesses(): Promise<Child[]> {
  try {
    return process.platform === 'linux' ? await linuxProcesses() : await posixProcesses();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED') return [];
    throw error;
  }
}

async function linuxProcesses(): Promise<Child[]> {
  const uptime = Number.parseFloat(await readFile('/proc/uptime', 'utf8'));
  const bootedAt = Date.now() - uptime * 1000;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => linuxProcess(pid, bootedAt)));
  return found.filter((child) => child !== null);
}

/** Null when the process ended meanwhile. */
async function linuxProcess(pid: string, bootedAt: number): Promise<Child | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may contain anything. After it: state, ppid, … and the start time as field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(pid), parent: Number(fields[1]), startedAt: bootedAt + Number(fields[19]) * TICK_MS };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** Elsewhere `ps` tells the age in whole seconds. Windows has none: there the backend's kill ends the tree. */
async function posixProcesses(): Promise<Child[]> {
  if (process.platform === 'win32') return [];
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,etime=']);
  const now = Date.now();
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, age]) => ({ pid: Number(pid), parent: Number(parent), startedAt: now - ageInMs(age ?? '0') }));
}

/** `[[days-]hours:]minutes:seconds`, rounded down by `ps`. */
function ageInMs(age: string): number {
  const [clock = '0', days = '0'] = age.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (seconds + Number(days) * 86_400) * 1000;
}
