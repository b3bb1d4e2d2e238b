import { mapGet, mapSet, NativeMap, setForEach } from '../primordials.ts';

/** A variable whose value can be written. */
export interface Value {
  readonly name: string;
  readonly value: unknown;
  /** All that it holds, itself included. */
  readonly objects: Set<object>;
}

/** Variables that share objects, in the order of definition. */
export function groupsOf(values: readonly Value[]): Value[][] {
  const parent: number[] = [];
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  const holder = new NativeMap<object, number>();
  for (let i = 0; i < values.length; i++) {
    parent[i] = i;
    setForEach((values[i] as Value).objects, (object) => {
      const other = mapGet(holder, object);
      if (other === undefined) mapSet(holder, object, i);
      else parent[root(i)] = root(other);
    });
  }
  const groups: Value[][] = [];
  const byRoot = new NativeMap<number, Value[]>();
  for (let i = 0; i < values.length; i++) {
    let group = mapGet(byRoot, root(i));
    if (!group) {
      group = [];
      mapSet(byRoot, root(i), group);
      groups[groups.length] = group;
    }
    group[group.length] = values[i] as Value;
  }
  return groups;
}
