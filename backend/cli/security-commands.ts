import {
  AnswerPrompt,
  type AuditEntry,
  type Grant,
  ListGrants,
  ListPrompts,
  type Prompt,
  ReadAudit,
  RevokeGrant,
} from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { BackendClient } from '../rpc/client.ts';
import { localTime } from './local-time.ts';
import { print, printJson } from './print.ts';
import { table } from './table.ts';

const AUDIT_ENTRIES = 100;

export async function listPrompts(client: BackendClient, json: boolean): Promise<void> {
  const { prompts } = await client.request(ListPrompts, {});
  if (json) for (const prompt of prompts) printJson(prompt);
  else if (prompts.length === 0) print('Nothing is asked.');
  else print(table(['ID', 'ASKS', 'FROM', 'QUESTION'], prompts.map(promptRow)));
}

function promptRow({ promptId, capability, location, prompt }: Prompt): string[] {
  const from = location ? `${location.file}:${location.line}` : '';
  return [promptId, capability, from, firstLine(prompt)];
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** Answers a question, whichever window or terminal shows it. @param id the prompt's, or the beginning of it when that is one only */
export async function answer(client: BackendClient, id: string, value: string): Promise<void> {
  const { prompts } = await client.request(ListPrompts, {});
  const exact = prompts.filter(({ promptId }) => promptId === id);
  const found = exact.length > 0 ? exact : prompts.filter(({ promptId }) => promptId.startsWith(id));
  const [prompt] = found;
  if (!prompt)
    throw new HoldfastError('not_found', `There is no open question "${id}". \`holdfast prompts\` lists them.`);
  if (found.length > 1) throw new HoldfastError('conflict', `${found.length} open questions begin with "${id}".`);
  await client.request(AnswerPrompt, { promptId: prompt.promptId, value });
  print('Answered.');
}

export async function listGrants(client: BackendClient, json: boolean): Promise<void> {
  const { grants } = await client.request(ListGrants, {});
  if (json) for (const grant of grants) printJson(grant);
  else if (grants.length === 0) print('No answers are remembered.');
  else print(table(['ID', 'ANSWER', 'WHAT', 'COVERS', 'HOLDS FOR', 'WHO RUNS'], grants.map(grantRow)));
}

function grantRow({ grantId, effect, category, target, scope, origin }: Grant): string[] {
  return [grantId.slice(0, 8), effect, category, firstLine(target), scope, origin];
}

export async function revoke(client: BackendClient, id: string): Promise<void> {
  const { grants } = await client.request(ListGrants, {});
  const found = grants.filter(({ grantId }) => grantId.startsWith(id));
  const [grant] = found;
  if (!grant)
    throw new HoldfastError('not_found', `There is no remembered answer "${id}". \`holdfast grants\` lists them.`);
  if (found.length > 1) throw new HoldfastError('conflict', `${found.length} remembered answers begin with "${id}".`);
  await client.request(RevokeGrant, { grantId: grant.grantId });
  print(`Revoked: ${grant.effect} ${grant.category} ${grant.target}.`);
}

export async function showAudit(client: BackendClient, json: boolean): Promise<void> {
  const { entries, file } = await client.request(ReadAudit, { count: AUDIT_ENTRIES });
  if (json) for (const entry of entries) printJson(entry);
  else if (entries.length === 0) print('Nothing has been decided yet.');
  else {
    print(table(['WHEN', 'WHO RAN', 'WHAT', 'TARGET', 'DECISION', 'BY'], entries.map(auditRow)));
    print(`The log is ${file}.`);
  }
}

function auditRow({ at, origin, category, operation, target, decision, by }: AuditEntry): string[] {
  const when = localTime(at);
  return [when, origin, `${category} (${operation})`, firstLine(target), decision, by];
}
