import {
  InterruptSession,
  KillSession,
  ListNamespace,
  ListSessions,
  RestartSession,
  type SessionInfo,
  StopMethod,
} from '../protocol/client/index.ts';
import type { Variable } from '../protocol/values.ts';
import { MAX_VARIABLES } from '../protocol/worker/namespace.ts';
import type { BackendClient } from '../rpc/client.ts';
import { findSession } from './connect.ts';
import { table } from './table.ts';

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export async function listSessions(client: BackendClient, json: boolean): Promise<void> {
  const { sessions } = await client.request(ListSessions, {});
  if (json) for (const session of sessions) print(JSON.stringify(session));
  else if (sessions.length === 0) print('No sessions.');
  else
    print(table(['NAME', 'LANGUAGE', 'STATE', 'PID', 'MEMORY', 'VARIABLES', 'INTERPRETER'], sessions.map(sessionRow)));
}

function sessionRow({ name, language, state, pid, memory, variables, interpreter }: SessionInfo): string[] {
  const size = memory === null ? '' : `${Math.round(memory / 1024 ** 2)} MB`;
  return [
    name,
    language,
    state,
    String(pid ?? ''),
    size,
    String(variables),
    `${interpreter.version} ${interpreter.path}`,
  ];
}

export async function showNamespace(client: BackendClient, nameOrId: string, json: boolean): Promise<void> {
  const { sessionId } = await findSession(client, nameOrId);
  const variables: Variable[] = [];
  for (;;) {
    const page = await client.request(ListNamespace, { sessionId, start: variables.length, count: MAX_VARIABLES });
    variables.push(...page.variables);
    if (page.variables.length === 0 || variables.length >= page.total) break;
  }
  if (json) for (const variable of variables) print(JSON.stringify(variable));
  else if (variables.length === 0) print('The namespace is empty.');
  else print(table(['NAME', 'TYPE', 'SIZE', 'VALUE'], variables.map(variableRow)));
}

function variableRow({ name, type, shape, length, preview }: Variable): string[] {
  return [name, type, shape ? shape.join(' × ') : String(length ?? ''), preview];
}

export async function interrupt(client: BackendClient, nameOrId: string): Promise<void> {
  const { sessionId } = await findSession(client, nameOrId);
  const { cancelled } = await client.request(InterruptSession, { sessionId });
  print(cancelled.length === 0 ? 'Nothing was running.' : `Cancelled ${cancelled.length}.`);
}

export async function restart(client: BackendClient, nameOrId: string): Promise<void> {
  const { sessionId } = await findSession(client, nameOrId);
  const { session } = await client.request(RestartSession, { sessionId });
  print(`Restarted ${session.name}.`);
}

export async function kill(client: BackendClient, nameOrId: string): Promise<void> {
  const { sessionId, name } = await findSession(client, nameOrId);
  await client.request(KillSession, { sessionId });
  print(`Ended ${name}.`);
}

/** Settles when the backend's connection has closed, that is when all its sessions have ended. */
export async function stopBackend(client: BackendClient): Promise<void> {
  const gone = new Promise<void>((resolve) => client.onClose(() => resolve()));
  await client.request(StopMethod, { whenIdle: false });
  await gone;
  print(`Stopped the backend (process ${client.hello.pid}).`);
}
