import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { ListSessions, type SessionInfo, UseMachines, UseStorage } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { type BackendClient, connectBackend } from '../rpc/client.ts';
import { StateFolder } from '../rpc/state-folder.ts';
import { VERSION } from '../version.ts';
import { machinesTokenOf, storageOf, withoutSecrets } from './environment.ts';

const SessionsFile = z.object({ sessions: z.array(z.unknown()) });

/** An idle backend with sessions is kept this long for the next command. */
const IDLE_TIMEOUT_SECONDS = 3600;

/**
 * Connects, and tells the backend what the environment says of where promises are kept and of other machines.
 * @param start whether to start a backend when none runs.
 * @throws HoldfastError as `connectBackend`, and `invalid` for a storage that cannot be meant.
 */
export async function connect(workspace: string, start: boolean): Promise<BackendClient> {
  const storage = storageOf(process.env);
  const token = machinesTokenOf(process.env);
  const entry = path.join(__dirname, 'backend.js');
  const client = await connectBackend({
    workspace: path.resolve(workspace),
    client: 'cli',
    version: VERSION,
    backend: start ? { executable: process.execPath, entry, env: withoutSecrets(process.env) } : null,
    idleTimeoutSeconds: IDLE_TIMEOUT_SECONDS,
  });
  try {
    if (storage) await client.request(UseStorage, { storage });
    if (token) await client.request(UseMachines, { token });
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Whether a backend, here or gone, has left sessions: the next one makes them again. */
export async function leftSessions(workspace: string): Promise<boolean> {
  const { sessionsFile } = await StateFolder.of(path.resolve(workspace));
  let text: string;
  try {
    text = await readFile(sessionsFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    return SessionsFile.parse(JSON.parse(text)).sessions.length > 0;
  } catch {
    // The backend sets it aside, and says so.
    return true;
  }
}

/** Why a session of a backend that is gone has nothing to show. */
export function sleeps(name: string): string {
  return `${name} sleeps: its backend went away. Its variables come back from their last checkpoint when code runs in it, or with \`holdfast restore\`.`;
}

/** Finds a session by its name or the beginning of its id. @throws HoldfastError `not_found`, naming those there are. */
export async function findSession(client: BackendClient, nameOrId: string): Promise<SessionInfo> {
  const { sessions } = await client.request(ListSessions, {});
  const found =
    sessions.find(({ name }) => name === nameOrId) ?? sessions.find(({ sessionId }) => sessionId.startsWith(nameOrId));
  if (found) return found;
  const names = sessions.map(({ name }) => `"${name}"`).join(', ');
  throw new HoldfastError(
    'not_found',
    `There is no session "${nameOrId}". ${names ? `There are: ${names}.` : 'There is none at all.'}`,
  );
}
