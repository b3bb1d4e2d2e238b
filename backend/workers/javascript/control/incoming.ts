import { ProtocolError } from '../../../protocol/errors.ts';
import type { ToWorker } from '../../../protocol/worker/index.ts';

type Check = (value: unknown) => boolean;
type Fields<Type extends ToWorker['type']> = {
  [Field in Exclude<keyof Extract<ToWorker, { type: Type }>, 'type' | 'id' | 'timestamp'>]: Check;
};

const text: Check = (value) => typeof value === 'string';
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const object: Check = (value) => typeof value === 'object' && value !== null;
function oneOf(...words: readonly string[]): Check {
  return (value) => text(value) && words.includes(value as string);
}

/**
 * The shape of every message, field by field. The backend checks the same messages with zod before it sends them; loading zod
 * here would cost a third of the worker's own start.
 */
const fields: { [Type in ToWorker['type']]: Fields<Type> } = {
  hello: { protocol: count, marker: text },
  execute: {
    executionId: text,
    dialect: text,
    source: isSource,
    mode: (value) => value === null || text(value),
    thread: text,
    autoreload: (value) => typeof value === 'boolean',
  },
  cancel: { executionId: text },
  interrupt: { executionId: text, rung: text },
  capability_response: { requestId: count, answer: object },
  policy: {
    generation: count,
    level: text,
    asks: isTexts,
    roots: isTexts,
    readsFree: isFlag,
    writesFree: isFlag,
    injected: isTexts,
  },
  inspect: { start: count, count },
  inspect_value: { target: isTarget, start: count, count },
  complete: { target: isTarget, members: oneOf('attributes', 'keys'), prefix: text, count },
  edit_namespace: { edit: isEdit },
  read_value: { target: isTarget, reading: isReading },
  checkpoint: {
    maxVariableBytes: count,
    maxBytes: count,
    givesWay: (value) => typeof value === 'boolean',
  },
  restore_part: { part: count, offset: count },
  restore: {},
  cancel_task: { taskId: count },
  undo: {},
  shutdown: {},
};

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(text);
}

function isSource(value: unknown): boolean {
  if (!object(value)) return false;
  const { name, path, line, column } = value as Record<string, unknown>;
  return text(name) && (path === null || text(path)) && count(line) && count(column);
}

function isTarget(value: unknown): boolean {
  if (!object(value)) return false;
  const { expression, path } = value as Record<string, unknown>;
  return text(expression) && Array.isArray(path) && path.every(count);
}

function isEdit(value: unknown): boolean {
  if (!object(value)) return false;
  const { kind, name, text: literal, to } = value as Record<string, unknown>;
  if (!text(name)) return false;
  return kind === 'delete' || (kind === 'set' && text(literal)) || (kind === 'rename' && text(to));
}

function isReading(value: unknown): boolean {
  if (!object(value)) return false;
  const { kind, format, sort, filters, ...page } = value as Record<string, unknown>;
  if (kind === 'export') return oneOf('text', 'json', 'csv')(format);
  if ((kind !== 'table' && kind !== 'csv') || !Array.isArray(filters)) return false;
  const numbers = kind === 'csv' ? [] : [page['start'], page['count'], page['firstColumn'], page['columns']];
  if (!numbers.every(count)) return false;
  return (sort === null || isSort(sort)) && filters.every(isFilter);
}

function isSort(value: unknown): boolean {
  if (!object(value)) return false;
  const { column, descending } = value as Record<string, unknown>;
  return count(column) && typeof descending === 'boolean';
}

function isFilter(value: unknown): boolean {
  if (!object(value)) return false;
  const { column, operator, text: operand } = value as Record<string, unknown>;
  return count(column) && text(operator) && text(operand);
}

/** @throws ProtocolError `malformed` when the header is no message to a worker. */
export function checkIncoming(header: unknown): ToWorker {
  if (!object(header)) throw new ProtocolError('malformed', 'A message to the worker is not an object.');
  const message = header as Record<string, unknown>;
  const expected: Record<string, Check> | undefined = Object.hasOwn(fields, String(message['type']))
    ? fields[message['type'] as ToWorker['type']]
    : undefined;
  if (!expected) throw new ProtocolError('malformed', `The worker knows no message "${String(message['type'])}".`);
  for (const [field, check] of Object.entries({ id: count, ...expected })) {
    if (!check(message[field])) {
      throw new ProtocolError('malformed', `The message "${String(message['type'])}" has a wrong field "${field}".`);
    }
  }
  // Its type and every field of it have just been checked.
  return header as ToWorker;
}
