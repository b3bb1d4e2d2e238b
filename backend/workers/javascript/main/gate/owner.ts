import type { Server, Socket } from 'node:net';
import { apply, defineProperty, deleteProperty, getOwnPropertySymbols } from '../primordials.ts';
import type { AnyFunction } from '../wrap.ts';

/** What stands above one of Node's handles: a socket, a server, a child process. */
export type Owner = (Socket | Server) & { destroyed?: boolean; destroy?(error: Error): void };

/** Node keeps it under a symbol of its own. */
export function ownerOf(handle: object): Owner | undefined {
  const symbols = getOwnPropertySymbols(handle);
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] as symbol;
    if (symbol.description === 'owner_symbol') return (handle as Record<symbol, Owner>)[symbol];
  }
  return undefined;
}

/** The next `error` that Node emits there, a plain EACCES, becomes this one: it comes where and when Node's own would. */
export function tellInstead(emitter: object, refusal: Error): void {
  const { emit } = emitter as { emit: AnyFunction };
  defineProperty(emitter, 'emit', {
    __proto__: null,
    configurable: true,
    writable: true,
    enumerable: false,
    value: function (this: unknown, ...given: unknown[]) {
      if (given[0] === 'error') {
        deleteProperty(emitter, 'emit');
        given[1] = refusal;
      }
      return apply(emit, this, given);
    },
  } as PropertyDescriptor);
}
