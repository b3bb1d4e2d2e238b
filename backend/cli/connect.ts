import path from 'node:path';
import { ListSessions, type SessionInfo } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { type BackendClient, connectBackend } from '../rpc/client.ts';
import { VERSION } from '../version.ts';

/** An idle backend with sessions is kept this long for the next command. */
const IDLE_TIMEOUT_SECONDS = 3600;

/** @param start whether to start a backend when none runs. @throws HoldfastError as `connectBackend`. */
export function connect(workspace: string, start: boolean): Promise<BackendClient> {
  const entry = path.join(__dirname, 'backend.js');
  return connectBackend({
    workspace: path.resolve(workspace),
    client: 'cli',
    version: VERSION,
    backend: start ? { executable: process.execPath, entry, env: process.env } : null,
    idleTimeoutSeconds: IDLE_TIMEOUT_SECONDS,
  });
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
