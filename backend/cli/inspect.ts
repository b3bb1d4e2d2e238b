import { InspectNamespaceValue } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Child } from '../protocol/inspection.ts';
import type { Variable } from '../protocol/values.ts';
import type { BackendClient } from '../rpc/client.ts';
import { findSession, sleeps } from './connect.ts';
import { print, printJson } from './print.ts';
import { table } from './table.ts';

/** Children that are shown. */
const SHOWN = 100;

/** Prints a value of a session, and the first of what is below it. @throws HoldfastError `not_found` */
export async function inspect(
  client: BackendClient,
  nameOrId: string,
  expression: string,
  json: boolean,
): Promise<void> {
  const { sessionId, name, state } = await findSession(client, nameOrId);
  const target = { expression, path: [] };
  const seen = await client.request(InspectNamespaceValue, { sessionId, target, start: 0, count: SHOWN });
  if (!seen.value) {
    if (state === 'asleep') throw new HoldfastError('unavailable', sleeps(name));
    throw new HoldfastError(
      'not_found',
      `There is no value ${JSON.stringify(expression)} in ${name}. \`holdfast namespace\` lists the variables; below them names and literal keys are followed, as in a.b["c"][0].`,
    );
  }
  if (json) printJson(seen);
  else print(describe(seen.value, seen.text, seen.children, seen.total));
}

function describe(value: Variable, text: string, children: readonly Child[], total: number): string {
  const size = sizeOf(value);
  const parts = [`${value.name}: ${value.type}${size ? ` (${size})` : ''}`, text];
  if (children.length > 0) parts.push('', table(['NAME', 'TYPE', 'SIZE', 'VALUE'], children.map(row)));
  if (total > children.length) parts.push(`… and ${total - children.length} more`);
  return parts.join('\n');
}

function row({ variable }: Child): string[] {
  return [variable.name, variable.type, sizeOf(variable), variable.preview];
}

function sizeOf({ shape, length }: Variable): string {
  return shape ? shape.join(' × ') : String(length ?? '');
}
