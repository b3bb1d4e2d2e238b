import { getOwnPropertyNames, mapGet, mapSet, NativeMap, slice, symbolToString } from '../primordials.ts';
import { NotStorable } from './not-storable.ts';

// Taken before user code can replace them.
const { for: registered, keyFor } = Symbol;
const wellKnown = new NativeMap<string, symbol>();
const names = new NativeMap<symbol, string>();
for (const name of getOwnPropertyNames(Symbol)) {
  const value = (Symbol as unknown as Record<string, unknown>)[name];
  if (typeof value !== 'symbol') continue;
  mapSet(wellKnown, name, value);
  mapSet(names, value, name);
}

/** A key as text: its first letter says whether it is a text, a symbol of the language or one of `Symbol.for`. @throws NotStorable for other symbols */
export function keyText(key: string | symbol): string {
  if (typeof key === 'string') return `.${key}`;
  const name = mapGet(names, key);
  if (name !== undefined) return `@${name}`;
  const global = keyFor(key);
  if (global !== undefined) return `#${global}`;
  throw new NotStorable(
    `It has a property under ${symbolToString(key as never)}, a symbol that nothing outside of this session has. One of Symbol.for can be stored.`,
  );
}

export function keyFrom(text: string): string | symbol {
  const name = slice(text, 1);
  switch (text[0]) {
    case '@':
      return mapGet(wellKnown, name) ?? name;
    case '#':
      return registered(name);
    default:
      return name;
  }
}

/** Whether it is the key of an array's item. */
export function isItem(key: string): boolean {
  const number = Number(key) >>> 0;
  return `${number}` === key && number !== 2 ** 32 - 1;
}
