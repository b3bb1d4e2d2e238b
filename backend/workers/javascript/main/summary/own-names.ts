import { types } from 'node:util';
import { getOwnPropertyNames, hasOwn, NativeWeakMap, weakMapDelete, weakMapGet, weakMapSet } from '../primordials.ts';

// Taken before user code can replace it.
const { isModuleNamespaceObject } = types;

/** An object of more properties is large. */
const LARGE = 2000;
/** What is remembered of a large one: more than a preview shows. */
const REMEMBERED = 21;

const remembered = new NativeWeakMap<object, readonly string[]>();

/**
 * The names of an object's own properties; of a large one the first. V8 lists all of them or none, which takes 40 ms for 100,000, and
 * a summary is made after each cell: the names of a large object are remembered for as long as all of them are there. (One that is
 * a number comes before them without being noticed.)
 */
export function firstNames(value: object): readonly string[] {
  const known = weakMapGet(remembered, value);
  if (known && haveAll(value, known)) return known;
  const names = getOwnPropertyNames(value);
  if (names.length <= LARGE || isModuleNamespaceObject(value)) {
    if (known) weakMapDelete(remembered, value);
    return names;
  }
  return remember(value, names);
}

/** For who has listed the own keys of an object, so that its summary need not. */
export function rememberKeys(value: object, keys: readonly PropertyKey[]): void {
  // Symbols come last.
  if (keys.length > LARGE && typeof keys[LARGE] === 'string') remember(value, keys as readonly string[]);
}

function remember(value: object, names: readonly string[]): readonly string[] {
  const first: string[] = [];
  for (let i = 0; i < REMEMBERED; i++) first[i] = names[i] as string;
  weakMapSet(remembered, value, first);
  return first;
}

/** As far as its preview has found out. */
export function isKnownAsLarge(value: object): boolean {
  return weakMapGet(remembered, value) !== undefined;
}

function haveAll(value: object, names: readonly string[]): boolean {
  for (let i = 0; i < names.length; i++) if (!hasOwn(value, names[i] as string)) return false;
  return true;
}
