import { types } from 'node:util';
import { getPrototypeOf, NativeSet, setAdd, setHas } from '../primordials.ts';

// Taken before user code can replace them.
const { isModuleNamespaceObject } = types;

/** Those of the language itself, which say nothing that the type's name does not. */
const ordinary = new NativeSet<object>();

for (const name of Object.getOwnPropertyNames(globalThis)) {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  const prototype: unknown = typeof descriptor?.value === 'function' ? descriptor.value.prototype : undefined;
  if (typeof prototype === 'object' && prototype !== null) setAdd(ordinary, prototype);
}
for (const value of [Object.getPrototypeOf(Uint8Array.prototype), () => {}, async () => {}, function* () {}]) {
  setAdd(ordinary, value);
  setAdd(ordinary, Object.getPrototypeOf(value));
}
setAdd(
  ordinary,
  Object.getPrototypeOf(async function* () {}),
);

/** Of a value that is no proxy. */
export function prototypeOf(value: object): object | null {
  return isModuleNamespaceObject(value) ? null : getPrototypeOf(value);
}

export function isOrdinaryPrototype(prototype: object): boolean {
  return setHas(ordinary, prototype);
}
