import { isDeepStrictEqual, types } from 'node:util';
import {
  construct,
  getOwnPropertySymbols,
  getPrototypeOf,
  getter,
  hasOwn,
  isArray,
  mapGet,
  NativeMap,
  ownKeys,
  slice,
  symbolToString,
  typedArrayLength,
  typedArrayName,
  uncurry,
} from '../primordials.ts';
import { isItem, keyFrom } from './keys.ts';
import { isPlain } from './kinds.ts';
import { NotStorable } from './not-storable.ts';

/** Properties that v8 leaves out, or gives back in another way. Four entries each: the object, the key as text, the value, the attributes. */
export type Fields = unknown[];
export const FIELD_LENGTH = 4;

/** How far an object takes changes; null: any. */
export type Integrity = 'closed' | 'sealed' | 'frozen';

// Taken before user code can replace them.
const { isTypedArray, isStringObject, isNativeError, isRegExp } = types;
const { isExtensible, isSealed, isFrozen, setPrototypeOf, preventExtensions, seal, freeze } = Object;
const { defineProperty } = Reflect;
const areEqual = isDeepStrictEqual;
// Unlike `slice` it asks nobody which class the copy is to have.
const copyOf = uncurry(
  Array.prototype.toSpliced as (this: readonly unknown[], start: number, count: number) => unknown[],
);
const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
const bufferOf = getter(TypedArrayPrototype, 'buffer');
const offsetOf = getter(TypedArrayPrototype, 'byteOffset');
const viewClasses = new NativeMap<string, unknown>(
  [
    ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
    ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
  ].map((one) => [one.name, one]),
);

const WRITABLE = 1;
const ENUMERABLE = 2;
const CONFIGURABLE = 4;
const ALL = WRITABLE | ENUMERABLE | CONFIGURABLE;
/** Whoever lists the keys of an array gets all its indexes, too, each a text of its own. */
const MAX_LISTED = 10_000;

/** The keys of an object's own properties that are no items. */
export function fieldKeys(object: object): readonly (string | symbol)[] {
  const length = itemsOf(object);
  if (length === null) return ownKeys(object);
  if (length > MAX_LISTED && !hasNames(object)) return getOwnPropertySymbols(object);
  const keys: (string | symbol)[] = [];
  const all = ownKeys(object);
  for (let i = 0; i < all.length; i++) {
    const key = all[i] as string | symbol;
    if (typeof key === 'symbol' || !(isItem(key) || key === 'length')) keys[keys.length] = key;
  }
  return keys;
}

/** How many items it has; null when that is no matter of keys. */
function itemsOf(object: object): number | null {
  if (isArray(object)) return object.length;
  if (isTypedArray(object)) return typedArrayLength(object) as number;
  return isStringObject(object) ? 0 : null;
}

/** Whether an array has enumerable properties beside its items. Node looks for them when it compares it with one that has the items alone. */
function hasNames(object: object): boolean {
  // Where it has holes the copy has none, and all keys are listed.
  const bare = isArray(object) ? copyOf(object, 0, 0) : viewAlone(object);
  if (bare === null) return true;
  setPrototypeOf(bare, getPrototypeOf(object));
  return !areEqual(object, bare);
}

function viewAlone(view: object): object | null {
  const itsClass = mapGet(viewClasses, typedArrayName(view) as string);
  if (!itsClass) return null;
  return construct(itsClass as () => void, [bufferOf(view), offsetOf(view), typedArrayLength(view)]) as object;
}

/** The attributes to give it later; null for a property that v8 gives back as it is. @throws NotStorable for a getter */
export function fieldAttributes(
  object: object,
  key: string | symbol,
  property: PropertyDescriptor,
  integrity: Integrity | null,
): number | null {
  const isError = isNativeError(object);
  const hasValue = hasOwn(property, 'value');
  // In some versions of V8 the stack is a getter.
  if (isError && key === 'stack' && (!hasValue || typeof property.value === 'string')) return null;
  if (!hasValue)
    throw new NotStorable(`It has a getter, ${typeof key === 'symbol' ? symbolToString(key as never) : key}.`);
  const attributes = attributesOf(property, integrity);
  if (isError && key === 'message' && typeof property.value === 'string') return null;
  if (isRegExp(object) && key === 'lastIndex' && property.value === 0) return null;
  return typeof key === 'string' && attributes === ALL && isPlain(object) ? null : attributes;
}

/** But for what the object's integrity takes from all of them. */
function attributesOf({ writable, enumerable, configurable }: PropertyDescriptor, integrity: Integrity | null): number {
  return (
    (writable || integrity === 'frozen' ? WRITABLE : 0) |
    (enumerable ? ENUMERABLE : 0) |
    (configurable || integrity === 'frozen' || integrity === 'sealed' ? CONFIGURABLE : 0)
  );
}

/** Gives a copy its properties back. @throws TypeError when it does not take one */
export function giveFields(fields: Fields): void {
  for (let i = 0; i < fields.length; i += FIELD_LENGTH) {
    const key = fields[i + 1] as string;
    const attributes = fields[i + 3] as number;
    const done = defineProperty(fields[i] as object, keyFrom(key), {
      __proto__: null,
      value: fields[i + 2],
      writable: (attributes & WRITABLE) !== 0,
      enumerable: (attributes & ENUMERABLE) !== 0,
      configurable: (attributes & CONFIGURABLE) !== 0,
    } as PropertyDescriptor);
    if (!done) throw new TypeError(`The copy does not take its property ${slice(key, 1)}.`);
  }
}

export function integrityOf(object: object): Integrity | null {
  if (isExtensible(object)) return null;
  if (isFrozen(object)) return 'frozen';
  return isSealed(object) ? 'sealed' : 'closed';
}

export function giveIntegrity(object: object, integrity: Integrity): void {
  if (integrity === 'frozen') freeze(object);
  else if (integrity === 'sealed') seal(object);
  else preventExtensions(object);
}
