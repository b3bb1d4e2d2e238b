import { types } from 'node:util';
import {
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  mapSize,
  NativeError,
  NativeObject,
  setSize,
  typedArrayLength,
} from '../primordials.ts';

// Taken before user code can replace them.
const { isProxy, isMap, isSet, isTypedArray, isNativeError } = types;

/** What a property holds, as far as that can be told without running code. */
export type Property =
  | { readonly kind: 'value'; readonly value: unknown; readonly enumerable: boolean }
  | { readonly kind: 'getter'; readonly enumerable: boolean }
  /** A module's export that has not been initialized yet. */
  | { readonly kind: 'uninitialized'; readonly enumerable: boolean }
  | { readonly kind: 'missing'; readonly enumerable: boolean };

const MISSING: Property = { kind: 'missing', enumerable: false };

/** An own property. The object is no proxy. */
export function ownProperty(object: object, key: PropertyKey): Property {
  // In some versions of Node even the descriptor is made by formatting the trace.
  if (key === 'stack' && isNativeError(object) && !isFormattedByEngine(object)) {
    return { kind: 'getter', enumerable: false };
  }
  let descriptor: PropertyDescriptor | undefined;
  try {
    descriptor = getOwnPropertyDescriptor(object, key);
  } catch {
    return { kind: 'uninitialized', enumerable: true };
  }
  if (!descriptor) return MISSING;
  const enumerable = descriptor.enumerable === true;
  // Not `descriptor.value`: user code may have put `value` on Object's prototype.
  if (hasOwn(descriptor, 'value')) return { kind: 'value', value: descriptor.value, enumerable };
  if (key === 'stack' && isNativeError(object)) return { kind: 'value', value: object.stack, enumerable };
  return { kind: 'getter', enumerable };
}

/** As `value[key]` finds it, but for getters and proxies, which would run code. */
export function findProperty(value: unknown, key: string): Property {
  if (value === null || value === undefined) return MISSING;
  for (let object: object | null = NativeObject(value); object; object = getPrototypeOf(object)) {
    if (isProxy(object)) return MISSING;
    const property = ownProperty(object, key);
    if (property.kind === 'getter') return nativeGetter(value, key) ?? property;
    if (property.kind !== 'missing') return property;
  }
  return MISSING;
}

/** Getters of the language that people ask for every day. */
function nativeGetter(value: unknown, key: string): Property | null {
  const found = (value: unknown): Property => ({ kind: 'value', value, enumerable: false });
  if (key === 'size' && isMap(value)) return found(mapSize(value));
  if (key === 'size' && isSet(value)) return found(setSize(value));
  if (key === 'length' && isTypedArray(value)) return found(typedArrayLength(value));
  return null;
}

const formatter = () => {
  const descriptor = getOwnPropertyDescriptor(NativeError, 'prepareStackTrace');
  return descriptor && hasOwn(descriptor, 'value') ? (descriptor.value as unknown) : undefined;
};
let engineFormatter: unknown;

/** To be called when the engine has installed its own formatter of stack traces, before user code runs. */
export function rememberFormatter(): void {
  engineFormatter = formatter();
}

/** Whether reading an error's `stack` runs nothing but the engine's code, which reads `name`, `message` and `code`. */
function isFormattedByEngine(error: object): boolean {
  if (formatter() !== engineFormatter) return false;
  for (let i = 0; i < HEADING.length; i++) {
    for (let object: object | null = error; object; object = getPrototypeOf(object)) {
      if (isProxy(object)) return false;
      const descriptor = getOwnPropertyDescriptor(object, HEADING[i] as string);
      if (!descriptor) continue;
      if (!hasOwn(descriptor, 'value')) return false;
      const { value } = descriptor;
      if ((typeof value === 'object' && value !== null) || typeof value === 'function') return false;
      break;
    }
  }
  return true;
}

const HEADING = ['name', 'message', 'code'];
