import { type ChildProcess, execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** How long it may take to end by itself. */
const GRACE_MS = 500;

interface Process {
  readonly pid: number;
  readonly parent: number;
}

/** Ends a process and all that it has started, also in groups and sessions of their own: asks first, then kills. */
export async function endTree(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    await promisify(execFile)('taskkill', ['/pid', String(pid), '/t', '/f']).catch(() => child.kill('SIGKILL'));
    return;
  }
  const tree = () => (child.exitCode === null && child.signalCode === null ? descendants(pid) : []);
  const asked = await tree();
  for (const one of [-pid, ...asked]) signal(one, 'SIGTERM');
  await delay(GRACE_MS);
  // What has ended since has handed its children on to the system: those were seen before.
  for (const one of new Set([-pid, ...asked, ...(await tree())])) signal(one, 'SIGKILL');
}

/** Those that are there now, a process itself included. */
async function descendants(root: number): Promise<number[]> {
  const all = process.platform === 'linux' ? await linuxProcesses() : await posixProcesses();
  const found = [root];
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one).map(({ pid }) => pid));
  return found;
}

async function linuxProcesses(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(linuxProcess));
  return found.filter((one) => one !== null);
}

/** Null when it has ended meanwhile. */
async function linuxProcess(pid: string): Promise<Process | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may contain anything. After it: state, parent.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(pid), parent: Number(fields[1]) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

async function posixProcesses(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0]) => ({ pid, parent }));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // ESRCH: it has ended. EPERM: it has become another user's, or (macOS) only zombies are left in the group.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
