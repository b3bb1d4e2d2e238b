import type { Place } from '../../shared/inspection-function.ts';
import type { EngineNames } from '../engine-names.ts';
import { getOwnPropertyDescriptor } from '../primordials.ts';
import { type Entry, Listing } from './listing.ts';
import { findProperty, ownProperty, type Property } from './property.ts';

/** Globals of Node that are getters, with what they answer at the start. */
const nodeGlobals = [
  { name: 'process', get: getOwnPropertyDescriptor(globalThis, 'process')?.get, value: process },
  { name: 'Buffer', get: getOwnPropertyDescriptor(globalThis, 'Buffer')?.get, value: Buffer },
];

export type Arrival =
  | { readonly status: 'found'; readonly name: string; readonly property: Property }
  | { readonly status: 'missing' };

/** Goes where a place says without running user code. */
export function arrive({ names, path }: Place, engineNames: EngineNames): Arrival {
  let name = '';
  let property: Property = { kind: 'missing', enumerable: false };
  for (let i = 0; i < names.length; i++) {
    name = names[i] as string;
    if (i === 0) property = globalProperty(name, engineNames);
    else if (property.kind === 'value') property = findProperty(property.value, name);
    if (property.kind === 'missing' || (i < names.length - 1 && property.kind !== 'value')) {
      return { status: 'missing' };
    }
  }
  for (let i = 0; i < path.length; i++) {
    if (property.kind !== 'value') return { status: 'missing' };
    const entry: Entry | undefined = new Listing(property.value).take(path[i] as number, 1)[0];
    if (!entry) return { status: 'missing' };
    name = entry.name;
    property = entry.property;
  }
  return { status: 'found', name, property };
}

function globalProperty(name: string, engineNames: EngineNames): Property {
  const own = engineNames.value(name);
  if (own) return { kind: 'value', value: own.value, enumerable: true };
  const descriptor = getOwnPropertyDescriptor(globalThis, name);
  for (let i = 0; i < nodeGlobals.length; i++) {
    const known = nodeGlobals[i] as (typeof nodeGlobals)[number];
    if (known.name === name && known.get && descriptor?.get === known.get) {
      return { kind: 'value', value: known.value, enumerable: false };
    }
  }
  return ownProperty(globalThis, name);
}
