import { types } from 'node:util';
import type { Variable } from '../../../../protocol/values.ts';
import {
  bufferByteLength,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isArray,
  mapSize,
  setSize,
  typedArrayLength,
} from '../primordials.ts';

// Taken before user code can replace them.
const { isProxy, isMap, isSet, isTypedArray, isArrayBuffer, isModuleNamespaceObject } = types;

/** What the namespace view shows of a value. */
export type Facts = Omit<Variable, 'name'>;

/** Characters of a type's name. */
export const MAX_TYPE = 200;

/** The name of a value's class, as the constructor of its prototype has it. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object' && typeof value !== 'function') return typeof value;
  if (isProxy(value)) return 'Proxy';
  if (isModuleNamespaceObject(value)) return 'Module';
  let prototype: object | null = getPrototypeOf(value);
  for (let depth = 0; prototype && depth < 20; depth++) {
    if (isProxy(prototype)) return 'Object';
    const maker = dataOf(prototype, 'constructor');
    if (typeof maker === 'function' && !isProxy(maker)) {
      const name = dataOf(maker, 'name');
      if (typeof name === 'string' && name !== '') return name;
    }
    prototype = getPrototypeOf(prototype);
  }
  return 'Object';
}

/** Elements, characters or bytes; null for what has no length. */
export function lengthOf(value: unknown): number | null {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || isProxy(value)) return null;
  if (isArray(value)) return value.length;
  if (isMap(value)) return mapSize(value);
  if (isSet(value)) return setSize(value);
  if (isTypedArray(value)) return typedArrayLength(value);
  if (isArrayBuffer(value)) return bufferByteLength(value);
  return null;
}

/** An own property that is no accessor. */
export function dataOf(object: object, name: string): unknown {
  return getOwnPropertyDescriptor(object, name)?.value;
}
