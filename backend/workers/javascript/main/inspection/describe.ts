import { types } from 'node:util';
import {
  functionToString,
  isArray,
  NativeSet,
  setAdd,
  setDelete,
  setHas,
  slice,
  startsWith,
  stringify,
} from '../primordials.ts';
import { lengthOf, typeName } from '../summary/facts.ts';
import { preview } from '../summary/preview.ts';
import { type Entry, Listing } from './listing.ts';
import { accessorOf } from './names.ts';
import { ownProperty } from './property.ts';

// Taken before user code can replace them.
const { isProxy, isMap, isSet, isTypedArray, isNativeError, isWeakMap, isWeakSet, isDate, isRegExp } = types;

/** Characters of the whole text. */
const MAX_TEXT = 4000;
/** Characters of a line that holds a whole value. */
const WIDTH = 76;
const MAX_DEPTH = 3;
/** Entries of the value itself, and of each value in it. */
const MAX_ENTRIES = [100, 20];
/** Values that are written out in all. */
const MAX_VALUES = 1000;

/**
 * A value as text of several lines. Runs no user code.
 * @param listing what is below it
 */
export function describe(value: unknown, listing: Listing): string {
  const text = new Description(listing).write(value, 0, '');
  return text.length > MAX_TEXT ? `${slice(text, 0, MAX_TEXT - 1)}…` : text;
}

class Description {
  #left = MAX_VALUES;
  /** Those that are being written: a value in itself is written once. */
  readonly #open = new NativeSet<object>();
  readonly #outermost: Listing;

  constructor(outermost: Listing) {
    this.#outermost = outermost;
  }

  write(value: unknown, depth: number, indent: string): string {
    this.#left--;
    if (typeof value === 'string' && depth === 0) {
      return value.length > MAX_TEXT ? `${stringify(slice(value, 0, MAX_TEXT))}…` : stringify(value);
    }
    if (typeof value === 'function' && depth === 0 && !isProxy(value)) {
      return describeFunction(value);
    }
    if (typeof value !== 'object' || value === null || isProxy(value)) return preview(value, depth);
    if (isWeakMap(value) || isWeakSet(value)) return `${typeName(value)}: what is in it cannot be listed`;
    if (isNativeError(value) && depth === 0) return describeError(value);
    if (isDate(value) || isRegExp(value) || depth > MAX_DEPTH || this.#left < 0) return preview(value, 1);
    if (setHas(this.#open, value)) return '[Circular]';
    setAdd(this.#open, value);
    const text = this.#container(value, depth, indent);
    setDelete(this.#open, value);
    return text;
  }

  #container(value: object, depth: number, indent: string): string {
    const listing = depth === 0 ? this.#outermost : new Listing(value);
    const shown = MAX_ENTRIES[depth === 0 ? 0 : 1] as number;
    const entries = listing.take(0, shown);
    const parts: string[] = [];
    let more = listing.size - entries.length;
    for (let i = 0; i < entries.length; i++) {
      const { name, role, property } = entries[i] as Entry;
      if (role === 'prototype' || (role !== 'item' && !property.enumerable)) continue;
      if (this.#left < 0) {
        more += entries.length - i;
        break;
      }
      const inner = `${indent}  `;
      const text =
        property.kind === 'value' ? this.write(property.value, depth + 1, inner) : `<${WORDS[property.kind]}>`;
      parts[parts.length] = role === 'item' || isSet(value) ? text : `${label(name, value)}${text}`;
    }
    if (more > 0 && entries.length === shown) parts[parts.length] = `… ${more} more`;
    const [open, close] = brackets(value);
    return layOut(parts, `${heading(value)}${open}`, close, indent, open === '[');
  }
}

const WORDS = { getter: 'getter', uninitialized: 'uninitialized', missing: 'empty' };

function label(name: string, parent: object): string {
  if (isMap(parent)) return `${name} => `;
  return `${accessorOf(name) === `.${name}` || name[0] === '[' ? name : stringify(name)}: `;
}

function brackets(value: object): [string, string] {
  return isArray(value) || isTypedArray(value) ? ['[', ']'] : ['{', '}'];
}

function heading(value: object): string {
  const type = typeName(value);
  if (type === 'Object' || type === 'Array') return '';
  const length = lengthOf(value);
  return length === null ? `${type} ` : `${type}(${length}) `;
}

/** On one line when there is room; items that are short fill lines, everything else has a line of its own. */
function layOut(parts: readonly string[], open: string, close: string, indent: string, fill: boolean): string {
  if (parts.length === 0) return `${open}${close}`;
  let length = open.length + indent.length;
  let short = fill;
  let flat = true;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    length += part.length + 2;
    if (part.length > WIDTH / 4) short = false;
    for (let j = 0; j < part.length && flat; j++) if (part[j] === '\n') flat = false;
  }
  if (flat && length <= WIDTH) return `${open}${spaced(parts, fill)}${close}`;
  const inner = `${indent}  `;
  let text = open;
  let used = WIDTH;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    const end = i === parts.length - 1 ? '' : ',';
    if (short && flat && used + part.length + 2 <= WIDTH) text += ` ${part}${end}`;
    else {
      text += `\n${inner}${part}${end}`;
      used = inner.length;
    }
    used += part.length + 2;
  }
  return `${text}\n${indent}${close}`;
}

function spaced(parts: readonly string[], tight: boolean): string {
  let text = tight ? '' : ' ';
  for (let i = 0; i < parts.length; i++) text += i === 0 ? parts[i] : `, ${parts[i]}`;
  return tight ? text : `${text} `;
}

/** Its source. A cell's rewriting takes the name out of a declaration; it is put back. */
function describeFunction(value: object): string {
  const source = functionToString(value as never) as string;
  const name = ownProperty(value, 'name');
  const anonymous = startsWith(source, 'function(');
  if (!anonymous || name.kind !== 'value' || typeof name.value !== 'string') return slice(source, 0, MAX_TEXT + 1);
  return `function ${slice(name.value, 0, MAX_TEXT)}${slice(source, 'function'.length, MAX_TEXT)}`;
}

function describeError(error: object): string {
  const stack = ownProperty(error, 'stack');
  if (stack.kind === 'value' && typeof stack.value === 'string') return slice(stack.value, 0, MAX_TEXT + 1);
  return preview(error, 0);
}
