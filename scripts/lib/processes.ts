import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 5_000;
const OUTPUT_MS = 2_000;
const CAPTURE_LIMIT = 4 * 2 ** 20;

/** The environment variable whose value marks the processes of one run, however far they are detached from it. */
export const RUN_MARK = 'HOLDFAST_TEST_RUN';

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** `inherit` shows the output as it comes, `capture` returns it (the last 4 MiB, both streams together). */
  output: 'inherit' | 'capture';
  /** Milliseconds after which the process and its group are ended. */
  deadline?: number;
  /** Ends the process and its group when aborted. */
  signal?: AbortSignal;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
  timedOut: boolean;
}

/** Starts a program as the leader of its own process group, so that the group can be ended as a whole. */
export function spawnGroup(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(file, args, { ...options, detached: process.platform !== 'win32', windowsHide: true });
}

/** Ends a program started by `spawnGroup` with all of its group: asks, and after 5 s makes it. Resolves when it is reaped. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const running = child.exitCode === null && child.signalCode === null;
  const exited = running ? once(child, 'exit') : undefined;
  signalGroup(child.pid, 'SIGTERM');
  if (!exited) return;
  const timer = setTimeout(signalGroup, GRACE_MS, child.pid, 'SIGKILL');
  await exited;
  clearTimeout(timer);
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => process.kill(pid));
    return;
  }
  signalIfAlive(-pid, signal);
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Runs a program to its end. Rejects only when it cannot be started. */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const capture = options.output === 'capture';
  const child = spawnGroup(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-CAPTURE_LIMIT);
    });
  }
  let timedOut = false;
  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= endGroup(child);
  };
  const timer =
    options.deadline &&
    setTimeout(() => {
      timedOut = true;
      end();
    }, options.deadline);
  options.signal?.addEventListener('abort', end);
  if (options.signal?.aborted) end();
  try {
    const closed = once(child, 'close');
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    // The output is complete at `close`, but a detached grandchild may hold the pipes open for good.
    await Promise.race([closed, delay(OUTPUT_MS, undefined, { ref: false })]);
    return { code, signal, output, timedOut };
  } finally {
    if (timer) clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
    await ending;
  }
}

/** A process that carries a mark in its environment. */
export interface Marked {
  pid: number;
  command: string;
}

/**
 * The living processes whose environment has `RUN_MARK` set to `mark`, without this one.
 * Only Linux shows the environment of other processes; elsewhere the list is empty.
 */
export async function markedProcesses(mark: string): Promise<Marked[]> {
  if (process.platform !== 'linux') return [];
  const found: Marked[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
      if (!environment.split('\0').includes(`${RUN_MARK}=${mark}`)) continue;
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      if (command) found.push({ pid, command: command.replaceAll('\0', ' ').trim().slice(0, 200) });
    } catch {
      // It ended between the two looks, or belongs to someone else.
    }
  }
  return found;
}

/** Waits up to `patience` milliseconds for the marked processes to end by themselves, ends the rest and returns what it had to end. */
export async function endMarked(mark: string, patience: number): Promise<Marked[]> {
  const until = Date.now() + patience;
  let left = await markedProcesses(mark);
  // There is no event for the end of a process that is not our child.
  while (left.length > 0 && Date.now() < until) {
    await delay(100);
    left = await markedProcesses(mark);
  }
  for (const { pid } of left) signalIfAlive(pid, 'SIGKILL');
  return left;
}
