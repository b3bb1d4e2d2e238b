import path from 'node:path';
import { ListSessions, type SessionInfo, UseMachines, UseStorage } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { type BackendClient, connectBackend } from '../rpc/client.ts';
import { VERSION } from '../version.ts';
import { machinesTokenOf, storageOf, withoutSecrets } from './environment.ts';

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
