import { types } from 'node:util';
import { getPrototypeOf, isArray, mapGet, NativeMap, slice, uncurry } from '../primordials.ts';
import { NotStorable } from './not-storable.ts';

const { isMap, isSet, isDate, isRegExp, isNativeError, isArrayBuffer, isBoxedPrimitive } = types;
const { isView } = ArrayBuffer;
const { isBuffer } = Buffer;
const ArrayPrototype = Array.prototype;
const MapPrototype = Map.prototype;
const SetPrototype = Set.prototype;
const BufferPrototype = Buffer.prototype;
const ObjectPrototype = Object.prototype;
const describe = uncurry(ObjectPrototype.toString);

/** The built-in classes of what v8 writes as one piece. */
const BUILTINS: readonly { readonly name: string; readonly prototype: object }[] = [
  ...[Date, RegExp, ArrayBuffer, DataView, Number, String, Boolean, BigInt, Symbol],
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError],
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
];
const names = new NativeMap<object, string>(BUILTINS.map(({ name, prototype }) => [prototype, name]));
const prototypes = new NativeMap<string, object>(BUILTINS.map(({ name, prototype }) => [name, prototype]));

/** What v8 writes of it are bytes, numbers, letters, and not its properties. */
export function isLeaf(value: object): boolean {
  return (
    isView(value) ||
    isArrayBuffer(value) ||
    isBoxedPrimitive(value) ||
    isDate(value) ||
    isRegExp(value) ||
    isNativeError(value)
  );
}

/** All there is to it are its properties. */
export function isPlain(value: object): boolean {
  return !(isArray(value) || isMap(value) || isSet(value) || isLeaf(value));
}

/**
 * The prototype that an object of its kind has when v8 gives it back; null for errors, since that goes by what their `name` is then.
 * @throws NotStorable
 */
export function plainPrototype(value: object): object | null {
  if (isArray(value)) return ArrayPrototype;
  if (isMap(value)) return MapPrototype;
  if (isSet(value)) return SetPrototype;
  if (isBuffer(value)) return BufferPrototype;
  if (isNativeError(value)) return null;
  if (isLeaf(value)) return builtinAbove(value);
  return ObjectPrototype;
}

/** Of the built-in class that it is an instance of, or of a subclass. */
function builtinAbove(value: object): object {
  for (let one = getPrototypeOf(value) as object | null; one !== null; one = getPrototypeOf(one) as object | null) {
    if (mapGet(names, one) !== undefined) return one;
  }
  throw new NotStorable(`A ${slice(describe(value), 8, -1)} without its class cannot be stored.`);
}

/** The name of the built-in class whose prototype this is. */
export function builtinName(prototype: object): string | undefined {
  return mapGet(names, prototype);
}

export function builtinPrototype(name: string): object | undefined {
  return mapGet(prototypes, name);
}
