import { deserialize, serialize } from 'node:v8';
import type { GraphFacts, Places } from '../../shared/checkpoint.ts';
import { NativeSet } from '../primordials.ts';
import type { ClassNames } from './class-names.ts';
import { type Fields, giveFields, giveIntegrity, type Integrity, integrityOf } from './fields.ts';
import { walkGraph } from './graph.ts';

// Taken before user code can replace them.
const toBytes = serialize;
const fromBytes = deserialize;
const { setPrototypeOf, keys } = Object;

/** Values that may share objects, as v8 writes them, and what that does not say. @throws NotStorable, and what v8 throws */
export function writeGraph(
  values: unknown[],
  classes: ClassNames,
): { readonly bytes: Uint8Array; readonly facts: GraphFacts } {
  const instances: Places = { __proto__: null } as never;
  const integrity: Places = { __proto__: null } as never;
  const fields: Fields = [];
  const visit = (object: object, index: number) => {
    if (object === values) return;
    note(instances, classes.of(object), index);
    note(integrity, integrityOf(object), index);
  };
  const objects = walkGraph(values, { seen: new NativeSet<object>(), fields, isCopy: false, visit });
  // In the same bytes: what they hold can be in the values, too.
  if (fields.length > 0) values[values.length] = fields;
  return { bytes: toBytes(values), facts: { objects, instances, integrity } };
}

/**
 * @param count of the values
 * @param prototypeOf by the name of a class. @throws what v8 and `prototypeOf` throw
 */
export function readGraph(
  bytes: Uint8Array,
  count: number,
  facts: GraphFacts,
  prototypeOf: (name: string) => object | null,
): unknown[] {
  const values = fromBytes(bytes) as unknown[];
  const fields = (values.length > count ? values[count] : []) as Fields;
  values.length = count;
  giveBack(values, fields, facts, prototypeOf);
  return values;
}

/** What the bytes did not say: classes, then properties, and last whether they can be changed. */
function giveBack(
  values: unknown[],
  fields: Fields,
  { objects, instances, integrity = {} }: GraphFacts,
  prototypeOf: (name: string) => object | null,
): void {
  const found: object[] = [];
  const visit = (object: object, index: number) => {
    found[index] = object;
  };
  const count = walkGraph(values, { seen: new NativeSet<object>(), fields, isCopy: true, visit });
  if (count !== objects) throw new Error(`The copy has ${count} objects where there were ${objects}.`);
  each(instances, (name, places) => {
    const prototype = prototypeOf(name);
    for (let i = 0; i < places.length; i++) setPrototypeOf(found[places[i] as number] as object, prototype);
  });
  giveFields(fields);
  each(integrity, (name, places) => {
    for (let i = 0; i < places.length; i++) giveIntegrity(found[places[i] as number] as object, name as Integrity);
  });
}

function note(places: Places, what: string | null | undefined, index: number): void {
  if (what === null || what === undefined) return;
  const list = places[what] ?? [];
  list[list.length] = index;
  places[what] = list;
}

function each(places: Places, action: (what: string, places: readonly number[]) => void): void {
  const names = keys(places);
  for (let i = 0; i < names.length; i++) action(names[i] as string, places[names[i] as string] as number[]);
}
