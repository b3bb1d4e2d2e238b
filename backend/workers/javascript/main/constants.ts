import { CONSTANTS } from '../shared/constants-name.ts';
import { defineProperty } from './primordials.ts';

const NativeTypeError = TypeError;

/** Installs the object of that name. */
export function installConstants(): void {
  const variables = globalThis as unknown as Record<string | symbol, unknown>;
  const value = new Proxy(
    {},
    {
      get: (_, name) => variables[name],
      set: () => {
        throw new NativeTypeError('Assignment to constant variable.');
      },
    },
  );
  defineProperty(globalThis, CONSTANTS, { value });
}
