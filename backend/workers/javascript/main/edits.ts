import type { Errand } from '../shared/errands.ts';
import type { EngineNames } from './engine-names.ts';
import type { Namespace } from './namespace.ts';
import { defineValue, getOwnPropertyDescriptor, hasOwn, sameValue, slice } from './primordials.ts';

type Edit = Extract<Errand, { kind: 'set' | 'delete' | 'rename' }>;

const variables = globalThis as unknown as Record<string, unknown>;
const { deleteProperty } = Reflect;

/** Changes that a person makes to the namespace. None runs user code. */
export class Edits {
  readonly #namespace: Namespace;
  readonly #names: EngineNames;

  constructor(namespace: Namespace, names: EngineNames) {
    this.#namespace = namespace;
    this.#names = names;
  }

  /** @returns why it was not done, for a person; null when it was. Nothing has changed then. */
  perform(edit: Edit): string | null {
    const { name } = edit;
    if (edit.kind === 'set') return this.#set(name, edit.value);
    if (!this.#namespace.has(name)) return `There is no variable ${quoted(name)} (any more).`;
    if (this.#names.value(name)) return belongsToSession(name);
    if (edit.kind === 'delete') return remove(name);
    return this.#rename(name, edit.to);
  }

  #set(name: string, value: unknown): string | null {
    if (this.#names.taken(name)) {
      // Its accessor keeps the value.
      variables[name] = value;
      return null;
    }
    if (this.#names.value(name)) return belongsToSession(name);
    if (this.#isBuiltin(name)) return belongsToLanguage(name);
    defineValue(globalThis, name, value, true);
    const descriptor = getOwnPropertyDescriptor(globalThis, name);
    const done = descriptor !== undefined && hasOwn(descriptor, 'value') && sameValue(descriptor.value, value);
    return done ? null : isFixed(name);
  }

  #rename(name: string, to: string): string | null {
    if (to === name) return null;
    if (this.#names.value(to)) return belongsToSession(to);
    if (this.#isBuiltin(to)) return belongsToLanguage(to);
    if (getOwnPropertyDescriptor(globalThis, to)) {
      return `There is a variable ${quoted(to)} already. Choose another name, or delete it first.`;
    }
    const descriptor = getOwnPropertyDescriptor(globalThis, name);
    if (!descriptor?.configurable) return isFixed(name);
    if (!hasOwn(descriptor, 'value')) return `${quoted(name)} is a getter, which only code can rename.`;
    defineValue(globalThis, to, descriptor.value, true);
    if (!getOwnPropertyDescriptor(globalThis, to))
      return 'The global object takes no new variables: code has frozen it.';
    return remove(name);
  }

  #isBuiltin(name: string): boolean {
    return getOwnPropertyDescriptor(globalThis, name) !== undefined && !this.#namespace.has(name);
  }
}

function remove(name: string): string | null {
  return deleteProperty(globalThis, name) ? null : isFixed(name);
}

function isFixed(name: string): string {
  return `${quoted(name)} cannot be changed: code has defined it so.`;
}

function belongsToSession(name: string): string {
  return `${quoted(name)} belongs to the session itself and cannot be changed here.`;
}

function belongsToLanguage(name: string): string {
  return `${quoted(name)} belongs to JavaScript or Node itself. Choose another name, or declare it in a cell.`;
}

function quoted(name: string): string {
  return `“${slice(name, 0, 100)}”`;
}
