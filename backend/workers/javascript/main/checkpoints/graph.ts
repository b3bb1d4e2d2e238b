import { types } from 'node:util';
import {
  enumerableKeys,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isArray,
  NativeSet,
  setAdd,
  setHas,
  slice,
  uncurry,
  walkMap,
  walkSet,
} from '../primordials.ts';

const { isMap, isSet, isDate, isRegExp, isNativeError, isArrayBuffer, isBoxedPrimitive, isProxy } = types;
const { isView } = ArrayBuffer;
const { isBuffer } = Buffer;
const ArrayPrototype = Array.prototype;
const MapPrototype = Map.prototype;
const SetPrototype = Set.prototype;
const BufferPrototype = Buffer.prototype;
const ObjectPrototype = Object.prototype;
const describe = uncurry(ObjectPrototype.toString);

/** A longer array is mostly holes. */
const MAX_DENSE = 10_000_000;
/** More objects than that take too long to be written between two cells. */
const MAX_OBJECTS = 5_000_000;

/** What v8 cannot write, or would give back as something else. Its message is for a person. */
export class NotStorable extends Error {}

/**
 * Visits each object that v8 writes, once, in an order that depends only on what it writes: a copy is visited in the same order.
 * @returns how many there are. @throws NotStorable
 */
export function walkGraph(root: unknown, seen: Set<object>, visit: (object: object, index: number) => void): number {
  const stack: unknown[] = [root];
  let index = 0;
  const push = (value: unknown) => {
    if (typeof value === 'object' && value !== null) stack[stack.length] = value;
  };
  while (stack.length > 0) {
    const value = stack[stack.length - 1];
    stack.length--;
    if (typeof value !== 'object' || value === null || setHas(seen, value)) continue;
    if (isProxy(value)) throw new NotStorable('A proxy cannot be stored.');
    if (index >= MAX_OBJECTS) throw new NotStorable(`It holds more than ${MAX_OBJECTS} objects.`);
    setAdd(seen, value);
    visit(value, index++);
    if (isLeaf(value)) continue;
    if (isArray(value) && value.length <= MAX_DENSE) {
      for (let i = 0; i < value.length; i++) push(value[i]);
    } else if (isMap(value)) {
      walkMap(value, 0, (entry) => {
        push(entry[0]);
        push(entry[1]);
        return true;
      });
    } else if (isSet(value)) {
      walkSet(value, 0, (item) => {
        push(item);
        return true;
      });
    } else {
      const keys = enumerableKeys(value);
      for (let i = 0; i < keys.length; i++) push(getOwnPropertyDescriptor(value, keys[i] as string)?.value);
    }
  }
  return index;
}

/** Nothing below it is looked at: its elements are bytes, numbers or letters. */
function isLeaf(value: object): boolean {
  return (
    isView(value) ||
    isArrayBuffer(value) ||
    isBoxedPrimitive(value) ||
    isDate(value) ||
    isRegExp(value) ||
    isNativeError(value)
  );
}

/** The prototype that an object of its kind has when v8 gives it back. */
export function plainPrototype(value: object): object | null {
  if (isArray(value)) return ArrayPrototype;
  if (isMap(value)) return MapPrototype;
  if (isSet(value)) return SetPrototype;
  if (isBuffer(value)) return BufferPrototype;
  if (isLeaf(value)) return builtinPrototype(value);
  return ObjectPrototype;
}

/** Of the built-in class that it is an instance of, or of a subclass. */
function builtinPrototype(value: object): object {
  for (let one = getPrototypeOf(value) as object | null; one !== null; one = getPrototypeOf(one) as object | null) {
    if (setHas(BUILTINS, one)) return one;
  }
  throw new NotStorable(`A ${slice(describe(value), 8, -1)} without its class cannot be stored.`);
}

const BUILTINS = new NativeSet<object>(
  [
    ...[Date, RegExp, ArrayBuffer, DataView, Number, String, Boolean, BigInt, Symbol],
    ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError],
    ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
    ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
  ].map(({ prototype }) => prototype as object),
);
