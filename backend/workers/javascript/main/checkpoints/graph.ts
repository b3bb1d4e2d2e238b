import { types } from 'node:util';
import {
  getOwnPropertyDescriptor,
  hasOwn,
  isArray,
  ownKeys,
  setAdd,
  setHas,
  walkMap,
  walkSet,
} from '../primordials.ts';
import { FIELD_LENGTH, type Fields, fieldAttributes, fieldKeys, integrityOf } from './fields.ts';
import { isItem, keyText } from './keys.ts';
import { isPlain } from './kinds.ts';
import { NotStorable } from './not-storable.ts';

const { isMap, isSet, isProxy } = types;

/** A longer array is mostly holes. */
const MAX_DENSE = 10_000_000;
/** More objects than that take too long to be written between two cells. */
const MAX_OBJECTS = 5_000_000;

export interface WalkOptions {
  readonly seen: Set<object>;
  /** What v8 does not write. Of the original: it grows, and is followed. Of a copy: it is whole. */
  readonly fields: Fields;
  readonly isCopy: boolean;
  readonly visit: (object: object, index: number) => void;
}

/**
 * Visits each object once, in an order that depends only on what v8 writes and on the fields: a copy is visited in the same order.
 * @returns how many there are. @throws NotStorable
 */
export function walkGraph(root: unknown, options: WalkOptions): number {
  const { fields } = options;
  let count = walkFrom(root, 0, options);
  for (let i = 0; i < fields.length; i += FIELD_LENGTH) count = walkFrom(fields[i + 2], count, options);
  return count;
}

function walkFrom(root: unknown, first: number, { seen, fields, isCopy, visit }: WalkOptions): number {
  const stack: unknown[] = [root];
  let index = first;
  const push = (value: unknown) => {
    if (typeof value === 'function') throw new NotStorable(`It holds a function${nameOf(value)}.`);
    if (typeof value === 'object' && value !== null) stack[stack.length] = value;
  };
  while (stack.length > 0) {
    const value = stack[stack.length - 1];
    stack.length--;
    if (typeof value !== 'object' || value === null || setHas(seen, value)) continue;
    if (isProxy(value)) throw new NotStorable('A proxy cannot be stored.');
    if (index >= MAX_OBJECTS) throw new NotStorable(`It holds more than ${MAX_OBJECTS} objects.`);
    setAdd(seen, value);
    visit(value, index++);
    if (isPlain(value)) {
      plainProperties(value, isCopy ? null : fields, push);
    } else {
      if (!isCopy) addFields(value, fieldKeys(value), fields);
      items(value, push);
    }
  }
  return index;
}

function nameOf(held: object): string {
  const name: unknown = getOwnPropertyDescriptor(held, 'name')?.value;
  return typeof name === 'string' && name !== '' ? `, ${name}` : '';
}

/** Those that v8 writes are followed; others are fields, when these are wanted. */
function plainProperties(object: object, fields: Fields | null, push: (value: unknown) => void): void {
  const keys = ownKeys(object);
  const others: (string | symbol)[] = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    const property = getOwnPropertyDescriptor(object, key) as PropertyDescriptor;
    const isWritten = typeof key === 'string' && property.enumerable === true;
    if (isWritten) push(property.value);
    if (!(isWritten && property.configurable && hasOwn(property, 'value') && property.writable)) {
      others[others.length] = key;
    }
  }
  if (fields && others.length > 0) addFields(object, others, fields);
}

function addFields(object: object, keys: readonly (string | symbol)[], fields: Fields): void {
  if (keys.length === 0) return;
  const integrity = integrityOf(object);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol;
    const property = getOwnPropertyDescriptor(object, key) as PropertyDescriptor;
    const attributes = fieldAttributes(object, key, property, integrity);
    if (attributes !== null) addField(fields, object, keyText(key), property.value, attributes);
  }
}

function addField(fields: Fields, ...field: unknown[]): void {
  for (let i = 0; i < FIELD_LENGTH; i++) fields[fields.length] = field[i];
}

function items(value: object, push: (value: unknown) => void): void {
  if (isArray(value)) {
    if (value.length <= MAX_DENSE) {
      for (let i = 0; i < value.length; i++) push(value[i]);
      return;
    }
    const keys = ownKeys(value);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol;
      if (typeof key === 'string' && isItem(key)) push(getOwnPropertyDescriptor(value, key)?.value);
    }
  } else if (isMap(value)) {
    walkMap(value, 0, (entry) => {
      push(entry[0]);
      push(entry[1]);
      return true;
    });
  } else if (isSet(value)) {
    walkSet(value, 0, (item) => {
      push(item);
      return true;
    });
  }
}
