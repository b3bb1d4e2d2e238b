import { getOwnPropertyDescriptor, getPrototypeOf } from '../primordials.ts';

const RegExpPrototype = RegExp.prototype;
const regExpSource = Object.getOwnPropertyDescriptor(RegExpPrototype, 'source')?.get;
const regExpFlags = Object.getOwnPropertyDescriptor(RegExpPrototype, 'flags')?.get;

/** `RegExp.prototype.toString` reads `source` and `flags`, which an instance may override. */
export function isPlainRegExp(value: object): boolean {
  return (
    getPrototypeOf(value) === RegExpPrototype &&
    !getOwnPropertyDescriptor(value, 'source') &&
    !getOwnPropertyDescriptor(value, 'flags') &&
    getOwnPropertyDescriptor(RegExpPrototype, 'source')?.get === regExpSource &&
    getOwnPropertyDescriptor(RegExpPrototype, 'flags')?.get === regExpFlags
  );
}
