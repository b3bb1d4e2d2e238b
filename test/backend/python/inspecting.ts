import type { Reading, Target } from '../../../backend/protocol/inspection.ts';
import type { Of } from '../../helpers/worker-process.ts';
import type { Session } from './session.ts';

/** A target by its expression and the positions below it. */
function target(expression: string, path: readonly number[] = []): Target {
  return { expression, path: [...path] };
}

/** Asks for a value and a page of what is below it. */
export function inspect(
  { worker }: Session,
  expression: string,
  { path = [], start = 0, count = 100 }: { path?: readonly number[]; start?: number; count?: number } = {},
): Promise<Of<'value_inspected'>> {
  const id = worker.send({ type: 'inspect_value', target: target(expression, path), start, count });
  return worker.next('value_inspected', ({ replyTo }) => replyTo === id);
}

/** What is below a value, a line each: role, name, code, preview. */
export async function below(session: Session, expression: string, path?: readonly number[]): Promise<string[]> {
  const { children } = await inspect(session, expression, path ? { path } : {});
  return children.map(({ role, variable, accessor }) => `${role} ${variable.name} ${accessor} ${variable.preview}`);
}

/** The labels and kinds that a completion offers. */
export async function offers(
  { worker }: Session,
  expression: string,
  prefix = '',
  { members = 'attributes', count = 1000 }: { members?: 'attributes' | 'keys'; count?: number } = {},
): Promise<{ labels: string[]; kinds: Record<string, string>; truncated: boolean }> {
  const id = worker.send({ type: 'complete', target: target(expression), members, prefix, count });
  const { items, truncated } = await worker.next('completed', ({ replyTo }) => replyTo === id);
  return {
    labels: items.map(({ label }) => label),
    kinds: Object.fromEntries(items.map(({ label, kind }) => [label, kind])),
    truncated,
  };
}

export function read(
  { worker }: Session,
  expression: string,
  reading: Reading,
  path?: readonly number[],
): Promise<Of<'value_read'>> {
  const id = worker.send({ type: 'read_value', target: target(expression, path), reading });
  return worker.next('value_read', ({ replyTo }) => replyTo === id);
}
