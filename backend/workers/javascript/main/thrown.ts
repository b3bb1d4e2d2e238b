import util from 'node:util';
import type { ThrownError } from '../shared/messages.ts';
import { isArray, NativeString, slice } from './primordials.ts';

// Taken before user code can replace it.
const { inspect, types } = util;

const MAX_TEXT = 150_000;
const MAX_MESSAGE = 20_000;
const MAX_NOTES = 20;
const isNativeError = types.isNativeError;
const options = { depth: 3, maxArrayLength: 100, maxStringLength: 20_000 };

/** Reads an error as text. It may have getters that throw: then it says so instead. */
export function describeThrown(error: unknown): ThrownError {
  if (!isNativeError(error)) {
    const text = attempt(() => inspect(error, options), '<a value that cannot be inspected>');
    const shown = `Uncaught ${text}`;
    return { name: 'Uncaught', message: limit(text, MAX_MESSAGE), text: limit(shown, MAX_TEXT), stack: '', notes: [] };
  }
  const name = attempt(() => NativeString(error.name), 'Error');
  const message = attempt(() => NativeString(error.message), '<the message cannot be read>');
  const stack = attempt(() => NativeString(error.stack), `${name}: ${message}`);
  return {
    name: limit(name, 1000),
    message: limit(message, MAX_MESSAGE),
    text: limit(
      attempt(() => inspect(error, options), stack),
      MAX_TEXT,
    ),
    stack: limit(stack, MAX_TEXT),
    notes: notesOf(error),
  };
}

/** The chain of causes, and the members of an AggregateError. */
function notesOf(error: Error): string[] {
  const notes: string[] = [];
  const add = (label: string, value: unknown) => {
    if (notes.length < MAX_NOTES)
      notes[notes.length] = `${label}: ${attempt(() => headline(value), '<cannot be read>')}`;
  };
  attempt(() => {
    let current: unknown = error;
    for (let depth = 0; depth < MAX_NOTES && isNativeError(current); depth++) {
      const members: unknown = (current as AggregateError).errors;
      if (isArray(members)) for (let i = 0; i < members.length && i < MAX_NOTES; i++) add('One of', members[i]);
      current = (current as Error).cause;
      if (current !== undefined) add('Caused by', current);
    }
  }, undefined);
  return notes;
}

function headline(value: unknown): string {
  return isNativeError(value) ? limit(`${value.name}: ${value.message}`, 1000) : limit(inspect(value, options), 1000);
}

/** User code may throw while it is read: that is its own affair, and no reason to lose the error. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function limit(text: string, length: number): string {
  return text.length <= length ? text : `${slice(text, 0, length - 1)}…`;
}
