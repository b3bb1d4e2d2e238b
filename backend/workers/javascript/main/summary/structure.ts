import { types } from 'node:util';
import { isOfEveryFunction } from '../inspection/keys.ts';
import { isOrdinaryPrototype } from '../inspection/prototypes.ts';
import { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, isArray, ownKeys } from '../primordials.ts';
import { lengthOf } from './facts.ts';
import { isKnownAsLarge } from './own-names.ts';

// Taken before user code can replace them.
const { isProxy, isMap, isSet, isTypedArray, isModuleNamespaceObject } = types;

/** Columns that an object of arrays may have to be known as a table. */
const MAX_COLUMNS = 100;

/**
 * Whether something can be listed below a value.
 * @param preview its preview: listing the keys of a large object once is enough
 */
export function isExpandable(value: unknown, preview: string): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  // What is in a promise or behind a proxy is told by the inspector alone, which reads what code of an error in there computes.
  if (isProxy(value)) return false;
  if (isModuleNamespaceObject(value)) return true;
  if (isCollection(value) && (lengthOf(value) ?? 0) > 0) return true;
  if (typeof value === 'object' && preview[preview.length - 1] === '}' && preview[preview.length - 2] !== '{')
    return true;
  const prototype = getPrototypeOf(value);
  if (prototype && !isOrdinaryPrototype(prototype)) return true;
  const keys = ownKeys(value);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as PropertyKey;
    if (typeof value === 'function' ? !isOfEveryFunction(key) : key !== 'length' || !isArray(value)) return true;
  }
  return false;
}

/** Whether it has rows: a list, a map, a set, or an object of lists. To be asked when there is a preview of it. */
export function isTabular(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || isProxy(value)) return false;
  if (isCollection(value)) return (lengthOf(value) ?? 0) > 0;
  const prototype = getPrototypeOf(value);
  if (prototype && prototype !== ObjectPrototype) return false;
  // It has more columns than a table may have.
  if (isKnownAsLarge(value)) return false;
  let columns = 0;
  for (const name in value) {
    const descriptor = getOwnPropertyDescriptor(value, name);
    if (!descriptor) continue;
    const column: unknown = hasOwn(descriptor, 'value') ? descriptor.value : null;
    if (++columns > MAX_COLUMNS || isProxy(column) || !(isArray(column) || isTypedArray(column))) return false;
  }
  return columns > 0;
}

const ObjectPrototype = Object.prototype;

function isCollection(value: object): boolean {
  return isArray(value) || isTypedArray(value) || isMap(value) || isSet(value);
}
