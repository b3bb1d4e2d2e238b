import { types } from 'node:util';
import { getOwnPropertyDescriptor, isArray, ownKeys, typedArrayLength } from '../primordials.ts';
import { rememberKeys } from '../summary/own-names.ts';
import { isIndex } from './names.ts';
import { ownProperty } from './property.ts';

// Taken before user code can replace them.
const { isTypedArray, isModuleNamespaceObject } = types;

/** Listing the keys of an array means listing its indexes: of a longer one only the items are shown. */
const MAX_LISTED = 10_000;
/** Indexes that are tried to find out whether an array is mostly holes. */
const SAMPLES = 64;

/** The indexes that an array with many holes has; null for an ordinary one, whose holes are shown. */
export function itemKeys(array: readonly unknown[]): readonly string[] | null {
  if (array.length <= MAX_LISTED || !isSparse(array)) return null;
  const keys = ownKeys(array);
  const indexes: string[] = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    if (typeof key === 'string' && isIndex(key)) indexes[indexes.length] = key;
  }
  return indexes;
}

function isSparse(array: readonly unknown[]): boolean {
  let present = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const at = (array.length / SAMPLES) * i;
    if (getOwnPropertyDescriptor(array, at - (at % 1))) present++;
  }
  return present < SAMPLES / 8;
}

/** Own keys but for items: those that loops see, with the symbols last, and then the hidden ones. */
export function propertyKeys(value: object): PropertyKey[] {
  const indexed = isArray(value) || isTypedArray(value);
  const length = isArray(value) ? value.length : indexed ? (typedArrayLength(value) as number) : 0;
  if (length > MAX_LISTED) return [];
  const all = ownKeys(value);
  if (!isModuleNamespaceObject(value)) rememberKeys(value, all);
  const keys: PropertyKey[] = [];
  const hidden: PropertyKey[] = [];
  for (let i = 0; i < all.length; i++) {
    const key = all[i] as string | symbol;
    if (indexed && typeof key === 'string' && (key === 'length' || isIndex(key))) continue;
    if (typeof value === 'function' && isOfEveryFunction(key)) continue;
    if (all.length > MAX_LISTED || ownProperty(value, key).enumerable) keys[keys.length] = key;
    else hidden[hidden.length] = key;
  }
  for (let i = 0; i < hidden.length; i++) keys[keys.length] = hidden[i] as PropertyKey;
  return keys;
}

/** What the preview of a function says, or nobody wants to know. */
export function isOfEveryFunction(key: PropertyKey): boolean {
  return key === 'length' || key === 'name' || key === 'arguments' || key === 'caller';
}
