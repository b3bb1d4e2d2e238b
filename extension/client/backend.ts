import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';

/** A flood may take a third of the extension host's time; what is not read in time is left out and can be read from the log. */
const REST_MS = 16;

export interface BackendOptions {
  /** Absolute path. */
  readonly workspace: string;
  /** Absolute path of the extension's `dist` folder. */
  readonly dist: string;
  readonly version: string;
  readonly idleTimeoutMinutes: number;
  log(message: string): void;
}

/** Connects to the workspace's backend. `start` starts one, on the Node that VS Code brings, when there is none. */
export async function connect(how: 'start' | 'find', options: BackendOptions): Promise<BackendClient> {
  const { workspace, dist, version, idleTimeoutMinutes, log } = options;
  if (how === 'start') {
    // Without an open folder it is the extension's own storage, which VS Code leaves to us to make.
    await mkdir(workspace, { recursive: true });
  } else if (!(await hasBackendFile(workspace))) {
    throw new HoldfastError('not_found', `No Holdfast backend runs for ${workspace}.`);
  }
  // Loaded with the first run: a window that runs nothing starts without it.
  const { connectBackend } = await import('../../backend/rpc/client.ts');
  return await connectBackend({
    workspace,
    client: 'vscode',
    version,
    backend:
      how === 'find'
        ? null
        : { executable: process.execPath, entry: path.join(dist, 'backend.js'), env: backendEnvironment(process.env) },
    restMs: REST_MS,
    idleTimeoutSeconds: Math.max(1, Math.round(idleTimeoutMinutes * 60)),
    log,
  });
}

/** Cheap, since every window asks it that opens: the rest is loaded only when there is something to connect to. */
async function hasBackendFile(workspace: string): Promise<boolean> {
  const { backendFileOf } = await import('../../backend/rpc/state-place.ts');
  try {
    await access(await backendFileOf(workspace));
    return true;
  } catch {
    // No such folder, or no file in it that may be read.
    return false;
  }
}

/** The window's environment without what VS Code tells its own processes, and without what opens the durable storage and other machines: user code inherits it. */
export function backendEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(VSCODE|ELECTRON|HOLDFAST_DURABLE|HOLDFAST_MACHINES)_/.test(name),
  );
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}
