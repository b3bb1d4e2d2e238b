import { types } from 'node:util';
import type { Child } from '../../../../protocol/inspection.ts';
import { isArray, mapSize, setSize, symbolToString, typedArrayLength, walkMap, walkSet } from '../primordials.ts';
import { preview } from '../summary/preview.ts';
import { itemKeys, propertyKeys } from './keys.ts';
import { accessorOf } from './names.ts';
import { ownProperty, type Property } from './property.ts';
import { isOrdinaryPrototype, prototypeOf } from './prototypes.ts';

// Taken before user code can replace them.
const { isProxy, isMap, isSet, isTypedArray } = types;

/** Something below a value. */
export interface Entry {
  readonly name: string;
  readonly role: Child['role'];
  readonly accessor: string | null;
  readonly property: Property;
}

/** Entries of one sort, which can be taken from any position on. */
interface Section {
  readonly size: number;
  take(start: number, count: number): Entry[];
}

/** What is below a value, in an order that stays: items or entries, own properties, hidden ones, the prototype. */
export class Listing {
  readonly #sections: readonly Section[];
  readonly size: number;

  constructor(value: unknown) {
    this.#sections = sectionsOf(value);
    let size = 0;
    for (let i = 0; i < this.#sections.length; i++) size += this.#sections[i]?.size ?? 0;
    this.size = size;
  }

  take(start: number, count: number): Entry[] {
    const entries: Entry[] = [];
    let before = 0;
    for (let i = 0; i < this.#sections.length && entries.length < count; i++) {
      const section = this.#sections[i] as Section;
      const from = start + entries.length - before;
      if (from < section.size) {
        const left = section.size - from;
        const wanted = count - entries.length;
        const taken = section.take(from, wanted < left ? wanted : left);
        for (let j = 0; j < taken.length; j++) entries[entries.length] = taken[j] as Entry;
      }
      before += section.size;
    }
    return entries;
  }
}

function sectionsOf(value: unknown): Section[] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || isProxy(value)) return [];
  const sections: Section[] = [];
  if (isArray(value)) sections[0] = arrayItems(value);
  else if (isTypedArray(value)) sections[0] = items(value, null, typedArrayLength(value) as number);
  else if (isMap(value)) sections[0] = mapEntries(value);
  else if (isSet(value)) sections[0] = setEntries(value);
  sections[sections.length] = properties(value, propertyKeys(value));
  const prototype = prototypeOf(value);
  if (prototype && !isOrdinaryPrototype(prototype)) sections[sections.length] = prototypeSection(prototype);
  return sections;
}

function arrayItems(array: readonly unknown[]): Section {
  const keys = itemKeys(array);
  return items(array, keys, keys ? keys.length : array.length);
}

/** @param keys those that are there, of an array with many holes. */
function items(value: object, keys: readonly string[] | null, size: number): Section {
  return {
    size,
    take(start, count) {
      const entries: Entry[] = [];
      for (let i = 0; i < count; i++) {
        const name = `[${keys ? keys[start + i] : start + i}]`;
        const property = ownProperty(value, keys ? (keys[start + i] as string) : start + i);
        entries[i] = { name, role: 'item', accessor: name, property };
      }
      return entries;
    },
  };
}

function mapEntries(map: Map<unknown, unknown>): Section {
  return {
    size: mapSize(map) as number,
    take(start, count) {
      const entries: Entry[] = [];
      walkMap(map, start, (entry) => {
        const property: Property = { kind: 'value', value: entry[1], enumerable: true };
        entries[entries.length] = { name: preview(entry[0], 1), role: 'entry', accessor: null, property };
        return entries.length < count;
      });
      return entries;
    },
  };
}

function setEntries(set: Set<unknown>): Section {
  return {
    size: setSize(set) as number,
    take(start, count) {
      const entries: Entry[] = [];
      walkSet(set, start, (value) => {
        const property: Property = { kind: 'value', value, enumerable: true };
        entries[entries.length] = { name: `[${start + entries.length}]`, role: 'entry', accessor: null, property };
        return entries.length < count;
      });
      return entries;
    },
  };
}

function properties(value: object, keys: readonly PropertyKey[]): Section {
  return {
    size: keys.length,
    take(start, count) {
      const entries: Entry[] = [];
      for (let i = 0; i < count; i++) {
        const key = keys[start + i] as string | symbol;
        const property = ownProperty(value, key);
        const role = property.kind === 'getter' ? 'getter' : 'attribute';
        entries[i] =
          typeof key === 'symbol'
            ? { name: `[${symbolToString(key as never)}]`, role, accessor: null, property }
            : { name: key, role, accessor: accessorOf(key), property };
      }
      return entries;
    },
  };
}

function prototypeSection(prototype: object): Section {
  const property: Property = { kind: 'value', value: prototype, enumerable: false };
  return { size: 1, take: () => [{ name: '[[Prototype]]', role: 'prototype', accessor: null, property }] };
}
