import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BackendFile } from '../../backend/rpc/state-folder.ts';

const GRACE_MS = 5_000;

/** Ends every backend whose state is below a `HOLDFAST_STATE_DIR`; backends are detached, so nobody else would before their idle time. */
export async function stopBackends(stateDirectory: string): Promise<void> {
  const folders = await readdir(stateDirectory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  await Promise.all(
    folders.map(async (folder) => {
      const text = await readFile(path.join(stateDirectory, folder, 'backend.json'), 'utf8').catch(() => undefined);
      if (text) await end(BackendFile.parse(JSON.parse(text)).pid);
    }),
  );
}

async function end(pid: number): Promise<void> {
  const until = Date.now() + GRACE_MS;
  let alive = signal(pid, 'SIGTERM');
  // There is no event for the end of a process that is not our child.
  while (alive && Date.now() < until) {
    await delay(50);
    alive = signal(pid, 0);
  }
  if (alive) signal(pid, 'SIGKILL');
}

/** Whether the process was there to take the signal. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
