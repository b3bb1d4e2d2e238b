import { functionToString, getOwnPropertyDescriptor, hasOwn, indexOf, NativeString, ownKeys } from '../primordials.ts';

const OF_EVERY_FUNCTION = { length: 1, name: 1, prototype: 1, arguments: 1, caller: 1 };
const OF_EVERY_PROTOTYPE = { constructor: 1 };

/** What is on a function or class, or on its prototype, that its text alone does not make as it is: fields, and what was put there by other code. */
export function membersBesideText(made: object): string[] {
  const text = functionToString(made as () => void);
  const found: string[] = [];
  add(made, OF_EVERY_FUNCTION, text, found);
  const prototype = getOwnPropertyDescriptor(made, 'prototype')?.value as unknown;
  if (typeof prototype === 'object' && prototype !== null) add(prototype, OF_EVERY_PROTOTYPE, text, found);
  return found;
}

function add(object: object, ordinary: object, text: string, found: string[]): void {
  const keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    if (hasOwn(ordinary, key)) continue;
    const property = getOwnPropertyDescriptor(object, key) as PropertyDescriptor;
    const value = (hasOwn(property, 'value') ? property.value : (property.get ?? property.set)) as unknown;
    const isOfText = typeof value === 'function' && indexOf(text, functionToString(value)) !== -1;
    if (!isOfText) found[found.length] = NativeString(key);
  }
}
