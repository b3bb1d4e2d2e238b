import { ListSessions, type PastExecution, ReadHistory, ReadSource } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { BackendClient } from '../rpc/client.ts';
import { type RunOptions, run } from './run.ts';

/** Executions that the beginning of an id is looked for in. */
const COUNT = 200;

/**
 * Runs the code of a past execution again, as it was, where and as whose it ran.
 * @param id the execution's, or the beginning of it when it is one only
 * @returns the exit code
 * @throws HoldfastError `not_found`, `conflict`, `unavailable` when only the beginning of its code is kept
 */
export async function rerun(
  client: BackendClient,
  id: string,
  options: Pick<RunOptions, 'answers' | 'reporter' | 'interpreters'>,
): Promise<number> {
  const { result, payload } = await client.requestBytes(ReadSource, { executionId: await find(client, id) });
  const { execution, whole, security } = result;
  const { dialect, source, origin } = execution;
  if (!whole) throw new HoldfastError('unavailable', `Only the beginning of its code is kept. ${elsewhere(execution)}`);
  const session = await sessionOf(client, execution);
  if (session === null) {
    const { sessionName } = execution;
    options.reporter.note(
      `Its session ${sessionName} is not there any more: it runs in one of its own, which ends with it.`,
    );
  }
  return await run(client, {
    ...options,
    files: [{ path: source.path, dialect, cells: [{ line: source.line, code: new TextDecoder().decode(payload) }] }],
    source,
    origin,
    session,
    keepGoing: false,
    cancelAfterSeconds: null,
    security: security ?? { level: null, allow: [], deny: [] },
    floor: false,
    group: null,
    envFile: null,
    editedSteps: null,
  });
}

async function find(client: BackendClient, id: string): Promise<string> {
  const { executions } = await client.request(ReadHistory, { count: COUNT });
  const found = executions.filter(({ executionId }) => executionId.startsWith(id));
  const [only] = found;
  if (found.length > 1) throw new HoldfastError('conflict', `${found.length} executions begin with "${id}".`);
  // An older one can be named in full.
  return only?.executionId ?? id;
}

/** @returns the name of the session that it ran in: the same one, or the one that has its name now; null when there is none. */
async function sessionOf(client: BackendClient, { sessionId, sessionName }: PastExecution): Promise<string | null> {
  const { sessions } = await client.request(ListSessions, {});
  const same = sessions.find((session) => session.sessionId === sessionId);
  return (same ?? sessions.find(({ name }) => name === sessionName))?.name ?? null;
}

function elsewhere({ source: { path, line } }: PastExecution): string {
  return path === null
    ? 'It was in no file: run it from where it stands.'
    : `Run it from its file: ${path}, line ${line}.`;
}
