import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { apply } from './primordials.ts';
import { type AnyFunction, like } from './wrap.ts';

const OUTPUT = [1, 2];
/** The lines to and from the backend, and the one that ends with it. */
const ENGINE = [3, 4, 5];
/** A file descriptor that no process has. */
const NO_FD = 0x7fffffff;

/**
 * Keeps open what the session lives on. Closing standard output or error does nothing, as it does on `process.stdout`: markers are
 * written there, Node has no `dup` for a copy of them, and the next file that is opened would take their place and get the markers.
 * The engine's own descriptors are not there for user code. `new net.Socket({ fd })` is not held back.
 */
export function protectDescriptors(): void {
  const close = fs.close as AnyFunction;
  const closeSync = fs.closeSync as AnyFunction;
  const native = process;
  const { nextTick } = native;
  const isIn = (list: readonly number[], fd: unknown) => {
    for (let i = 0; i < list.length; i++) if (list[i] === fd) return true;
    return false;
  };
  fs.closeSync = like(closeSync, function (this: unknown, fd, ...rest) {
    if (isIn(OUTPUT, fd)) return undefined;
    return apply(closeSync, this, [isIn(ENGINE, fd) ? NO_FD : fd, ...rest]);
  }) as typeof fs.closeSync;
  fs.close = like(close, function (this: unknown, fd, callback, ...rest) {
    if (!isIn(OUTPUT, fd)) return apply(close, this, [isIn(ENGINE, fd) ? NO_FD : fd, callback, ...rest]);
    if (typeof callback === 'function') apply(nextTick, native, [callback, null]);
    return undefined;
  }) as typeof fs.close;
  syncBuiltinESMExports();
}
