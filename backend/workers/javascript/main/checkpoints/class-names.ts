import { BUILTIN } from '../../shared/checkpoint.ts';
import {
  apply,
  functionToString,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  mapGet,
  mapSet,
  NativeMap,
  slice,
  startsWith,
} from '../primordials.ts';
import { builtinName, builtinPrototype, plainPrototype } from './kinds.ts';
import { NotStorable } from './not-storable.ts';

const PRIVATE = /#[\p{ID_Start}$_]/u;
// Taken before user code can replace it.
const { test } = PRIVATE;

/** The classes of the session: instances get their prototype back by the name of the variable that holds their class. */
export class ClassNames {
  readonly #names = new NativeMap<object, string>();

  note(name: string, made: object): void {
    const prototype = prototypeOf(made);
    if (prototype) mapSet(this.#names, prototype, name);
  }

  /** Undefined for what v8 gives back as it was. @throws NotStorable */
  of(object: object): string | undefined {
    const prototype = getPrototypeOf(object) as object | null;
    if (prototype === null) return '';
    if (prototype === plainPrototype(object)) return undefined;
    const builtin = builtinName(prototype);
    if (builtin !== undefined) return `${BUILTIN}${builtin}`;
    const name = mapGet(this.#names, prototype);
    const own = getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
    const called = typeof own === 'function' ? String(getOwnPropertyDescriptor(own, 'name')?.value) : 'object';
    if (name === undefined) {
      throw new NotStorable(`It holds an instance of ${called}, which is not a class that a cell defined or imported.`);
    }
    for (let one: object | null = prototype; one !== null; one = getPrototypeOf(one) as object | null) {
      const made = getOwnPropertyDescriptor(one, 'constructor')?.value as unknown;
      if (typeof made === 'function' && (apply(test, PRIVATE, [functionToString(made)]) as boolean)) {
        throw new NotStorable(`It holds an instance of ${called}, which has private fields: these cannot be read.`);
      }
    }
    return name;
  }
}

/** What `ClassNames.of` names. @throws ReferenceError when no variable holds such a class */
export function prototypeNamed(name: string): object | null {
  if (name === '') return null;
  const builtin = isBuiltin(name) && builtinPrototype(slice(name, BUILTIN.length));
  if (builtin) return builtin;
  const prototype = prototypeOf(getOwnPropertyDescriptor(globalThis, name)?.value);
  if (prototype) return prototype;
  throw new ReferenceError(`${name} is not defined`);
}

/** A class of the language, not of a variable. */
export function isBuiltin(name: string): boolean {
  return startsWith(name, BUILTIN);
}

function prototypeOf(made: unknown): object | undefined {
  const prototype = typeof made === 'function' ? (getOwnPropertyDescriptor(made, 'prototype')?.value as unknown) : null;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}
