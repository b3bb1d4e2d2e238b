import { defineProperty, getOwnPropertyDescriptor, ownKeys } from './primordials.ts';

export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Makes a wrapper look like what it wraps: its name, length and other properties are those of the original. */
export function like(original: AnyFunction, wrapper: AnyFunction): AnyFunction {
  for (const key of ownKeys(original)) {
    if (key === 'prototype') continue;
    const descriptor = getOwnPropertyDescriptor(original, key);
    if (descriptor) defineProperty(wrapper, key, descriptor);
  }
  return wrapper;
}
