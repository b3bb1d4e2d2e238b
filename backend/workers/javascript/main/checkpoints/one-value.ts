import type { GraphFacts } from '../../shared/checkpoint.ts';
import { bytesOf, jsonParse } from '../bytes.ts';
import type { Namespace } from '../namespace.ts';
import { getOwnPropertyDescriptor, stringify } from '../primordials.ts';
import { ClassNames, prototypeNamed } from './class-names.ts';
import { readGraph, writeGraph } from './graph-bytes.ts';
import { NotStorable } from './not-storable.ts';

/** Writes one value: what v8 makes of it, and what that does not say. @throws NotStorable, and what v8 throws */
export function valueToParts(value: unknown, namespace: Namespace): [Uint8Array, Uint8Array] {
  const { bytes, facts } = write(value, namespace);
  return [bytes, bytesOf(stringify(facts), 'The value')];
}

/** @throws what v8 throws, and a ReferenceError when a class is not there */
export function valueFromParts([bytes, facts]: readonly [Uint8Array, Uint8Array]): unknown {
  return readGraph(bytes, 1, jsonParse(facts) as GraphFacts, prototypeNamed)[0];
}

/** To look at all variables is worth it only for a value that has an instance of a class in it. */
function write(value: unknown, namespace: Namespace) {
  const classes = new ClassNames();
  try {
    return writeGraph([value], classes);
  } catch (error) {
    if (!(error instanceof NotStorable)) throw error;
  }
  // The cell that runs defines them when it runs again, or one before it has.
  const names = namespace.names();
  for (let i = 0; i < names.length; i++) {
    const made = getOwnPropertyDescriptor(globalThis, names[i] as string)?.value as unknown;
    if (typeof made === 'function') classes.note(names[i] as string, made);
  }
  return writeGraph([value], classes);
}
