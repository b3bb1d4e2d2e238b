import path from 'node:path';
import { ListSessions, type SessionInfo, UseStorage } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { type BackendClient, connectBackend } from '../rpc/client.ts';
import { VERSION } from '../version.ts';
import { storageOf, withoutStorage } from './storage.ts';

/** An idle backend with sessions is kept this long for the next command. */
const IDLE_TIMEOUT_SECONDS = 3600;

/**
 * Connects, and tells the backend where promises are kept when the environment says so.
 * @param start whether to start a backend when none runs.
 * @throws HoldfastError as `connectBackend`, and `invalid` for a storage that cannot be meant.
 */
export async function connect(workspace: string, start: boolean): Promise<BackendClient> {
  const storage = storageOf(process.env);
  const entry = path.join(__dirname, 'backend.js');
  const client = await connectBackend({
    workspace: path.resolve(workspace),
    client: 'cli',
    version: VERSION,
    backend: start ? { executable: process.execPath, entry, env: withoutStorage(process.env) } : null,
    idleTimeoutSeconds: IDLE_TIMEOUT_SECONDS,
  });
  try {
    if (storage) await client.request(UseStorage, { storage });
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
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
