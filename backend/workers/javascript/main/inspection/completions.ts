import { types } from 'node:util';
import type { Completion } from '../../../../protocol/inspection.ts';
import type { Completions, Question } from '../../shared/inspection-function.ts';
import {
  functionToString,
  getPrototypeOf,
  isArray,
  NativeObject,
  NativeSet,
  ownKeys,
  setAdd,
  setHas,
  slice,
  startsWith,
  toLowerCase,
  typedArrayLength,
  walkMap,
} from '../primordials.ts';
import { MAX_TYPE, typeName } from '../summary/facts.ts';
import { isIndex } from './names.ts';
import { ownProperty, type Property } from './property.ts';

// Taken before user code can replace them.
const { isProxy, isMap, isTypedArray } = types;

const MAX_LABEL = 500;
/** Of one message: a header holds 1 MiB, and JSON may need six bytes for a character. */
const MAX_CHARACTERS = 140_000;
/** Listing the keys of a longer array takes too long for somebody who types. */
const MAX_ITEMS = 10_000;
/** Keys that are looked at. */
const MAX_KEYS = 50_000;

/** What may follow a value. Names that begin with two underscores are offered to those who have typed one. */
export function completions(value: unknown, question: Extract<Question, { kind: 'complete' }>): Completions {
  if (value === null || value === undefined) return { items: [], truncated: false };
  const list = new CompletionList(question.prefix, question.count);
  if (question.members === 'keys') addKeys(value, list);
  else addAttributes(value, list);
  return { items: list.items, truncated: list.truncated };
}

class CompletionList {
  readonly items: Completion[] = [];
  truncated = false;
  readonly #prefix: string;
  readonly #count: number;
  #characters = 0;
  #keys = 0;

  constructor(prefix: string, count: number) {
    this.#prefix = toLowerCase(prefix);
    this.#count = count;
  }

  fits(label: string): boolean {
    if (++this.#keys > MAX_KEYS) this.truncated = true;
    return !this.truncated && label.length <= MAX_LABEL && startsWith(toLowerCase(label), this.#prefix);
  }

  add(item: Completion): void {
    if (this.items.length >= this.#count || this.#characters > MAX_CHARACTERS) {
      this.truncated = true;
      return;
    }
    this.#characters += item.label.length + item.detail.length;
    this.items[this.items.length] = item;
  }

  get hidesUnderscores(): boolean {
    return !startsWith(this.#prefix, '_');
  }
}

function addKeys(value: unknown, list: CompletionList): void {
  if (typeof value !== 'object' || value === null || isProxy(value)) return;
  if (isMap(value)) {
    walkMap(value, 0, ([key, item]) => {
      if (typeof key === 'string' && list.fits(key)) list.add({ label: key, kind: 'key', detail: typeOf(item) });
      return !list.truncated;
    });
    return;
  }
  if (isArray(value) || isTypedArray(value)) return;
  const keys = ownKeys(value);
  for (let i = 0; i < keys.length && !list.truncated; i++) {
    const key = keys[i] as string | symbol;
    if (typeof key !== 'string' || !list.fits(key)) continue;
    const property = ownProperty(value, key);
    if (property.enumerable) list.add({ label: key, kind: 'key', detail: detailOf(property) });
  }
}

function addAttributes(value: unknown, list: CompletionList): void {
  const seen = new NativeSet<string>();
  for (let object: object | null = NativeObject(value); object && !isProxy(object); object = getPrototypeOf(object)) {
    const keys = isLong(object) ? ['length'] : ownKeys(object);
    for (let i = 0; i < keys.length && !list.truncated; i++) {
      const key = keys[i] as string | symbol;
      if (typeof key !== 'string' || isIndex(key) || !list.fits(key)) continue;
      if (list.hidesUnderscores && startsWith(key, '__')) continue;
      if (setHas(seen, key)) continue;
      setAdd(seen, key);
      const property = ownProperty(object, key);
      list.add({ label: key, kind: kindOf(property), detail: detailOf(property) });
    }
  }
}

function isLong(object: object): boolean {
  if (isArray(object)) return object.length > MAX_ITEMS;
  return isTypedArray(object) && (typedArrayLength(object) as number) > MAX_ITEMS;
}

function kindOf(property: Property): Completion['kind'] {
  if (property.kind !== 'value' || typeof property.value !== 'function' || isProxy(property.value)) return 'property';
  return startsWith(functionToString(property.value as never), 'class') ? 'class' : 'method';
}

function detailOf(property: Property): string {
  return property.kind === 'value' ? typeOf(property.value) : property.kind === 'getter' ? 'getter' : '';
}

function typeOf(value: unknown): string {
  return slice(typeName(value), 0, MAX_TYPE);
}
