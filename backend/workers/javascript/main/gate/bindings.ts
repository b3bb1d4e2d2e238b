import { createRequire } from 'node:module';
import type { AnyFunction } from '../wrap.ts';

export type Binding = Record<string, AnyFunction> & Record<symbol, unknown>;
type GetBinding = (name: string) => Binding;

/**
 * Node's own functions below its modules. They are wrapped, and not the modules' functions: there is one layer for `fs`, streams, promises and
 * file handles, arguments are plain strings and numbers by then (nothing of the user's is called between check and use), the modules' functions
 * stay as libraries know them, and `process.binding` gives the same objects.
 *
 * Under Node's permission model `process.binding` throws; the worker is started with `--expose-internals` there.
 */
export function openBindings(): GetBinding {
  const { binding } = process as typeof process & { binding: GetBinding };
  if (!process.execArgv.includes('--expose-internals')) return (name) => binding.call(process, name);
  const internals = createRequire(__filename)('internal/test/binding') as { internalBinding?: GetBinding };
  const { internalBinding } = internals;
  if (!internalBinding) throw new Error('Node gives its internal functions no more.');
  // User code finds nothing there.
  delete internals.internalBinding;
  return internalBinding;
}
