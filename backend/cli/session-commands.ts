import {
  CancelTask,
  type CheckpointReference,
  InterruptSession,
  KillSession,
  ListMachines,
  ListNamespace,
  ListSessions,
  MAX_OUTPUT_PAGE_BYTES,
  ReadOutput,
  RenameSession,
  RestartSession,
  type SessionInfo,
  StopMethod,
  UndoCell,
} from '../protocol/client/index.ts';
import type { Variable } from '../protocol/values.ts';
import { MAX_VARIABLES } from '../protocol/worker/namespace.ts';
import type { BackendClient } from '../rpc/client.ts';
import { findSession, sleeps } from './connect.ts';
import { localTime } from './local-time.ts';
import { print, printJson, warn } from './print.ts';
import { table } from './table.ts';

export async function listSessions(client: BackendClient, json: boolean): Promise<void> {
  const { sessions } = await client.request(ListSessions, {});
  if (json) for (const session of sessions) printJson(session);
  else if (sessions.length === 0) print('No sessions.');
  else
    print(table(['NAME', 'LANGUAGE', 'STATE', 'PID', 'MEMORY', 'VARIABLES', 'INTERPRETER'], sessions.map(sessionRow)));
}

export async function listMachines(client: BackendClient, json: boolean): Promise<void> {
  const { machines } = await client.request(ListMachines, {});
  if (json) for (const machine of machines) print(JSON.stringify(machine));
  else if (machines.length === 0) print('No machines.');
  else
    print(
      table(
        ['GROUP', 'MACHINE', 'ADDRESS', 'SINCE'],
        machines.map(({ group, host, address, since }) => [group, host, address, localTime(since)]),
      ),
    );
}

function sessionRow({ name, language, state, pid, memory, variables, interpreter, machine }: SessionInfo): string[] {
  const size = memory === null ? '' : `${Math.round(memory / 1024 ** 2)} MB`;
  return [
    name,
    language,
    state,
    String(pid ?? ''),
    size,
    String(variables),
    `${interpreter.version} ${interpreter.path}${machine ? ` on ${machine.host}` : ''}`,
  ];
}

export async function showNamespace(client: BackendClient, nameOrId: string, json: boolean): Promise<void> {
  const { sessionId, name, state } = await findSession(client, nameOrId);
  const variables: Variable[] = [];
  for (;;) {
    const page = await client.request(ListNamespace, { sessionId, start: variables.length, count: MAX_VARIABLES });
    variables.push(...page.variables);
    if (page.variables.length === 0 || variables.length >= page.total) break;
  }
  if (json) for (const variable of variables) printJson(variable);
  else if (state === 'asleep') print(sleeps(name));
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

export async function undo(client: BackendClient, nameOrId: string): Promise<void> {
  const { sessionId, name } = await findSession(client, nameOrId);
  const { executionId } = await client.request(UndoCell, { sessionId });
  print(`Took ${executionId} of ${name} back. What it did outside the session stays done.`);
}

export async function restart(client: BackendClient, nameOrId: string): Promise<void> {
  const { sessionId } = await findSession(client, nameOrId);
  const { session, checkpoint } = await client.request(RestartSession, { sessionId });
  print(`Restarted ${session.name}.${stored(checkpoint)}`);
}

export async function rename(client: BackendClient, nameOrId: string, name: string): Promise<void> {
  const { sessionId, name: before } = await findSession(client, nameOrId);
  const { session } = await client.request(RenameSession, { sessionId, name });
  print(`Renamed ${before} to ${session.name}.`);
}

export async function listTasks(client: BackendClient, nameOrId: string, json: boolean): Promise<void> {
  const { tasks, totalTasks } = await findSession(client, nameOrId);
  if (json) for (const task of tasks) printJson(task);
  else if (tasks.length === 0) print('Nothing runs in the background.');
  else {
    const now = Date.now();
    const rows = tasks.map(({ taskId, kind, name, since }) => [String(taskId), kind, age(now - since), name]);
    print(table(['TASK', 'KIND', 'AGE', 'NAME'], rows));
    if (totalTasks > tasks.length) print(`… and ${totalTasks - tasks.length} more`);
  }
}

function age(milliseconds: number): string {
  return `${Math.max(0, Math.round(milliseconds / 1000))} s`;
}

const TASK_WORDS = {
  cancelled: 'Cancelled.',
  requested: 'Asked it to end; it does when its own code lets it.',
  gone: 'It had ended before.',
};

export async function cancelTask(client: BackendClient, nameOrId: string, taskId: number): Promise<void> {
  const { sessionId } = await findSession(client, nameOrId);
  const { status } = await client.request(CancelTask, { sessionId, taskId });
  print(TASK_WORDS[status]);
}

/** Prints what an execution printed, byte for byte. @param executionId null for what was printed between executions */
export async function showOutput(client: BackendClient, nameOrId: string, executionId: string | null): Promise<void> {
  const { sessionId } = await findSession(client, nameOrId);
  for (let start = 0; ; ) {
    const page = { sessionId, executionId, start, count: MAX_OUTPUT_PAGE_BYTES };
    const { result, payload } = await client.requestBytes(ReadOutput, page);
    if (!process.stdout.write(payload)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    start += payload.length;
    if (payload.length > 0 && start < result.kept) continue;
    if (result.cut !== null) warn(result.cut);
    return;
  }
}

export async function kill(client: BackendClient, nameOrId: string): Promise<void> {
  const { sessionId, name } = await findSession(client, nameOrId);
  const { checkpoint } = await client.request(KillSession, { sessionId });
  print(`Ended ${name}.${stored(checkpoint)}`);
}

function stored(checkpoint: CheckpointReference | null): string {
  if (!checkpoint) return '';
  return ` Its variables are in the checkpoint ${checkpoint.name ?? checkpoint.checkpointId.slice(0, 8)}.`;
}

/** Settles when the backend's connection has closed, that is when all its sessions have ended. */
export async function stopBackend(client: BackendClient): Promise<void> {
  const gone = new Promise<void>((resolve) => client.onClose(() => resolve()));
  await client.request(StopMethod, { whenIdle: false });
  await gone;
  print(`Stopped the backend (process ${client.hello.pid}).`);
}
