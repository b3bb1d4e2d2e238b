import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import envPaths from 'env-paths';

export const BACKEND_FILE = 'backend.json';

/** The folder in which the backend of a workspace keeps its state. @param real the workspace's real path. */
export function statePlace(real: string, env: NodeJS.ProcessEnv): string {
  const base = env['HOLDFAST_STATE_DIR'] ?? envPaths('holdfast', { suffix: '' }).data;
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 16);
  const name = path
    .basename(real)
    .replace(/[^\w.-]/g, '_')
    .slice(0, 32);
  return path.resolve(base, `${name}-${hash}`);
}

/** Where the backend of a workspace says that it runs. Makes nothing. @throws when there is no such workspace */
export async function backendFileOf(workspace: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return path.join(statePlace(await realpath(workspace), env), BACKEND_FILE);
}
