import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { ForgetSteps, type KeptStep, ListSteps } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { BackendClient } from '../rpc/client.ts';
import { localTime } from './local-time.ts';
import { print, printJson } from './print.ts';
import { table } from './table.ts';

/** Steps of one request. */
const MAX_IDS = 10_000;

export async function listSteps(client: BackendClient, json: boolean): Promise<void> {
  const steps = await allSteps(client);
  if (json) for (const one of steps) printJson(one);
  else if (steps.length === 0) print('No steps are kept.');
  else print(table(['ID', 'STEP', 'KEY', 'TYPE', 'SIZE', 'TOOK', 'KEPT', 'CELL', 'WHERE'], steps.map(row)));
}

function row({ stepId, name, key, type, bytes, seconds, keptAt, heading, file, line }: KeptStep): string[] {
  const kept = localTime(keptAt);
  return [
    stepId.slice(0, 8),
    short(name),
    short(key ?? ''),
    short(type),
    `${Math.ceil(bytes / 1024)} KB`,
    `${seconds.toFixed(1)} s`,
    kept,
    short(heading),
    `${file}:${line}`,
  ];
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** @param wanted names, or beginnings of ids. @throws HoldfastError `invalid` when nothing says which */
export async function forgetSteps(
  client: BackendClient,
  wanted: readonly string[],
  { file, all = false }: { readonly file?: string; readonly all?: boolean },
): Promise<void> {
  if (wanted.length === 0 && file === undefined && !all)
    throw new HoldfastError('invalid', 'Say which: the name of a step, --file or --all.');
  const steps = await allSteps(client);
  const absolute = file === undefined ? undefined : path.resolve(file);
  // One that is gone is known by its path.
  const real = absolute && (await realpath(absolute).catch(() => absolute));
  const ofFile = steps.filter((step) => real === undefined || step.file === real || step.file === file);
  const going = wanted.length === 0 ? ofFile : wanted.flatMap((one) => named(ofFile, one));
  if (going.length === 0) throw new HoldfastError('not_found', 'There are no such steps. `holdfast steps` lists them.');
  let forgotten = 0;
  for (let start = 0; start < going.length; start += MAX_IDS) {
    const stepIds = going.slice(start, start + MAX_IDS).map(({ stepId }) => stepId);
    forgotten += (await client.request(ForgetSteps, { stepIds, cellId: null })).forgotten;
  }
  print(`Forgot ${forgotten} ${forgotten === 1 ? 'step: it runs' : 'steps: they run'} again.`);
}

/** @throws HoldfastError `not_found` */
function named(steps: readonly KeptStep[], wanted: string): KeptStep[] {
  const byName = steps.filter(({ name }) => name === wanted);
  const found = byName.length > 0 ? byName : steps.filter(({ stepId }) => stepId.startsWith(wanted));
  if (found.length > 0) return found;
  throw new HoldfastError('not_found', `There is no kept step "${wanted}". \`holdfast steps\` lists them.`);
}

async function allSteps(client: BackendClient): Promise<KeptStep[]> {
  const all: KeptStep[] = [];
  for (let start: number | null = 0; start !== null; ) {
    const { steps, next }: { steps: KeptStep[]; next: number | null } = await client.request(ListSteps, { start });
    all.push(...steps);
    start = next;
  }
  return all;
}
