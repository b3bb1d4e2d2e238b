import path from 'node:path';
import type { RestoredVariable, StoredVariable } from '../protocol/checkpoint.ts';
import {
  type CheckpointInfo,
  CreateCheckpoint,
  ExportCheckpoint,
  ImportCheckpoint,
  ListCheckpoints,
  RemoveCheckpoint,
  RenameCheckpoint,
  RestoreCheckpoint,
} from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { BackendClient } from '../rpc/client.ts';
import { findSession } from './connect.ts';
import { localTime } from './local-time.ts';
import { print, printJson } from './print.ts';
import { table } from './table.ts';

/** The worker gives itself two minutes. */
const DEADLINE_MS = 150_000;

export async function checkpoint(
  client: BackendClient,
  nameOrId: string,
  { name, json }: { readonly name: string | undefined; readonly json: boolean },
): Promise<void> {
  const { sessionId } = await findSession(client, nameOrId);
  const request = { sessionId, name: name ?? null };
  const { checkpoint: made, variables } = await client.request(CreateCheckpoint, request, { deadline: DEADLINE_MS });
  if (json) {
    printJson({ ...made, variables });
    return;
  }
  print(`Made ${made.name}: ${describe(made)} (${size(made.bytes)}).`);
  printReasons(variables.filter(({ how }) => how === 'not_stored'));
}

export async function listCheckpoints(client: BackendClient, json: boolean): Promise<void> {
  const { checkpoints } = await client.request(ListCheckpoints, {});
  if (json) for (const one of checkpoints) printJson(one);
  else if (checkpoints.length === 0) print('No checkpoints.');
  else print(table(['ID', 'NAME', 'SESSION', 'LANGUAGE', 'MADE', 'SIZE', 'VARIABLES'], checkpoints.map(row)));
}

function row(one: CheckpointInfo): string[] {
  const { checkpointId, name, sessionName, language, createdAt, bytes, foreign } = one;
  const made = localTime(createdAt);
  const from = foreign ? ' (from elsewhere)' : '';
  return [
    checkpointId.slice(0, 8),
    name ?? '(automatic)',
    sessionName + from,
    language,
    made,
    size(bytes),
    describe(one),
  ];
}

export async function restore(
  client: BackendClient,
  nameOrId: string,
  wanted: string | undefined,
  { only, trust, json }: { readonly only: readonly string[]; readonly trust: boolean; readonly json: boolean },
): Promise<void> {
  const { sessionId } = await findSession(client, nameOrId);
  const checkpointId = wanted === undefined ? null : (await findCheckpoint(client, wanted)).checkpointId;
  const request = { sessionId, checkpointId, names: only.length > 0 ? [...only] : null, trusted: trust };
  const { checkpoint: source, variables } = await client
    .request(RestoreCheckpoint, request, { deadline: DEADLINE_MS })
    .catch((error: unknown) => {
      if (!(error instanceof HoldfastError) || error.code !== 'unauthorized') throw error;
      throw new HoldfastError('unauthorized', `${error.message} --trust says that you do.`);
    });
  if (json) {
    printJson({ checkpointId: source.checkpointId, name: source.name, variables });
    return;
  }
  const count = (how: string) => variables.filter((variable) => variable.how === how).length;
  const what = `${count('restored')} restored, ${count('rebuilt')} rebuilt, ${count('imported')} imported, ${count('lost')} lost`;
  print(`From ${source.name ?? 'the automatic checkpoint'} of ${source.sessionName}: ${what}.`);
  printReasons(variables.filter(({ how }) => how === 'lost'));
}

export async function renameCheckpoint(client: BackendClient, nameOrId: string, name: string): Promise<void> {
  const { checkpointId, name: before } = await findCheckpoint(client, nameOrId);
  const { checkpoint: renamed } = await client.request(RenameCheckpoint, { checkpointId, name });
  print(`${before ?? checkpointId} is called ${renamed.name} now.`);
}

export async function removeCheckpoint(client: BackendClient, nameOrId: string): Promise<void> {
  const { checkpointId, name } = await findCheckpoint(client, nameOrId);
  await client.request(RemoveCheckpoint, { checkpointId });
  print(`Removed ${name ?? checkpointId}.`);
}

export async function exportCheckpoint(client: BackendClient, nameOrId: string, file: string): Promise<void> {
  const { checkpointId, name } = await findCheckpoint(client, nameOrId);
  const request = { checkpointId, file: path.resolve(file) };
  const { bytes } = await client.request(ExportCheckpoint, request, { deadline: DEADLINE_MS });
  print(`Wrote ${name ?? checkpointId} to ${file} (${size(bytes)}).`);
}

export async function importCheckpoint(client: BackendClient, file: string, name: string | undefined): Promise<void> {
  const request = { file: path.resolve(file), name: name ?? null };
  const { checkpoint: taken } = await client.request(ImportCheckpoint, request, { deadline: DEADLINE_MS });
  print(`Took in ${taken.name}: ${describe(taken)} (${size(taken.bytes)}).`);
}

/** @throws HoldfastError `not_found`, naming those there are. */
async function findCheckpoint(client: BackendClient, nameOrId: string): Promise<CheckpointInfo> {
  const { checkpoints } = await client.request(ListCheckpoints, {});
  const found =
    checkpoints.find(({ name }) => name === nameOrId) ??
    checkpoints.find(({ checkpointId }) => checkpointId.startsWith(nameOrId));
  if (found) return found;
  const names = checkpoints.flatMap(({ name }) => (name === null ? [] : [`"${name}"`])).join(', ');
  throw new HoldfastError(
    'not_found',
    `There is no checkpoint "${nameOrId}". ${names ? `There are: ${names}.` : 'There is none with a name.'}`,
  );
}

function describe({ stored, source, imported, notStored }: CheckpointInfo): string {
  const parts = [`${stored} stored`, `${source} by source`, `${imported} by import`];
  return [...parts, ...(notStored > 0 ? [`${notStored} not stored`] : [])].join(', ');
}

function printReasons(variables: readonly (StoredVariable | RestoredVariable)[]): void {
  for (const { name, reason } of variables) print(`  ${name}: ${reason ?? 'unknown'}`);
}

function size(bytes: number): string {
  return bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
