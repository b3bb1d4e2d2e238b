import { types } from 'node:util';
import type { Variable } from '../../../protocol/values.ts';
import {
  bufferByteLength,
  dateGetTime,
  dateToISOString,
  functionToString,
  getOwnPropertyDescriptor,
  getOwnPropertyNames,
  getPrototypeOf,
  isArray,
  isFiniteNumber,
  mapSize,
  NativeString,
  regExpToString,
  setSize,
  slice,
  startsWith,
  stringify,
  symbolToString,
  typedArrayLength,
  typedArrayName,
} from './primordials.ts';

const MAX_PREVIEW = 200;
const MAX_ITEMS = 20;
const MAX_TYPE = 200;
/** A function's text may be megabytes; its head tells what it is. */
const HEAD = 60;
const {
  isProxy,
  isMap,
  isSet,
  isDate,
  isRegExp,
  isPromise,
  isNativeError,
  isTypedArray,
  isArrayBuffer,
  isModuleNamespaceObject,
  isGeneratorObject,
  isWeakMap,
  isWeakSet,
} = types;

type Facts = Omit<Variable, 'name'>;

/** What the namespace view shows of a value. Runs no user code: no getter, no proxy trap, no `toString`. */
export function summarize(value: unknown): Facts {
  if (typeof value === 'function' && !isProxy(value)) return describeFunction(value);
  return {
    type: slice(typeName(value), 0, MAX_TYPE),
    kind: typeof value === 'object' && value !== null && isModuleNamespaceObject(value) ? 'module' : 'value',
    length: lengthOf(value),
    shape: null,
    preview: line(preview(value, 0)),
  };
}

function describeFunction(value: object): Facts {
  const source = functionToString(value as never) as string;
  const isClass = startsWith(source, 'class');
  const name = dataOf(value, 'name');
  const label = typeof name === 'string' && name !== '' ? name : '(anonymous)';
  return {
    type: isClass ? 'class' : slice(typeName(value), 0, MAX_TYPE),
    kind: isClass ? 'class' : 'function',
    length: null,
    shape: null,
    preview: line(
      isClass ? `class ${label}` : `${startsWith(source, 'async') ? 'async ' : ''}ƒ ${label}${parameters(source)}`,
    ),
  };
}

/** `(a, b)` of a function's source when it can be told at a glance. */
function parameters(source: string): string {
  const head = slice(source, 0, HEAD);
  for (let open = 0; open < head.length; open++) {
    if (head[open] !== '(') continue;
    for (let close = open; close < head.length; close++) if (head[close] === ')') return slice(head, open, close + 1);
    break;
  }
  return '()';
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object' && typeof value !== 'function') return typeof value;
  if (isProxy(value)) return 'Proxy';
  if (isModuleNamespaceObject(value)) return 'Module';
  let prototype: object | null = getPrototypeOf(value);
  for (let depth = 0; prototype && depth < 20; depth++) {
    if (isProxy(prototype)) return 'Object';
    const maker = dataOf(prototype, 'constructor');
    if (typeof maker === 'function' && !isProxy(maker)) {
      const name = dataOf(maker, 'name');
      if (typeof name === 'string' && name !== '') return name;
    }
    prototype = getPrototypeOf(prototype);
  }
  return 'Object';
}

function lengthOf(value: unknown): number | null {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || isProxy(value)) return null;
  if (isArray(value)) return value.length;
  if (isMap(value)) return mapSize(value);
  if (isSet(value)) return setSize(value);
  if (isTypedArray(value)) return typedArrayLength(value);
  if (isArrayBuffer(value)) return bufferByteLength(value);
  return null;
}

function preview(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return stringify(value.length > MAX_PREVIEW ? slice(value, 0, MAX_PREVIEW) : value);
    case 'number':
      return value === 0 && 1 / value < 0 ? '-0' : `${value}`;
    case 'bigint':
      return previewBigInt(value);
    case 'symbol':
      return symbolToString(value as never);
    case 'function':
      return isProxy(value) ? 'Proxy' : describeFunction(value).preview;
    case 'object':
      return value === null ? 'null' : previewObject(value, depth);
    default:
      return `${value as boolean | undefined}`;
  }
}

/** Printing a bigint of a million digits takes seconds. */
function previewBigInt(value: bigint): string {
  const limit = 10n ** 60n;
  return value < limit && value > -limit ? `${value}n` : `${value < 0n ? '-' : ''}a bigint of more than 60 digits`;
}

function previewObject(value: object, depth: number): string {
  if (isProxy(value)) return 'Proxy';
  if (isDate(value))
    return isFiniteNumber(dateGetTime(value as never)) ? dateToISOString(value as never) : 'Invalid Date';
  if (isRegExp(value)) return isPlainRegExp(value) ? NativeString(regExpToString(value as never)) : 'RegExp';
  if (isNativeError(value)) return previewError(value);
  if (isPromise(value) || isWeakMap(value) || isWeakSet(value) || isGeneratorObject(value)) return typeName(value);
  const type = typeName(value);
  const length = lengthOf(value);
  if (isArray(value) || isTypedArray(value)) {
    const label = isArray(value) ? '' : `${typedArrayName(value) ?? type}(${length}) `;
    return depth > 1 ? `${type}(${length})` : `${label}${previewItems(value, length ?? 0, depth)}`;
  }
  if (length !== null) return `${type}(${length})`;
  if (depth > 1) return type === 'Object' ? '{…}' : type;
  return `${type === 'Object' ? '' : `${type} `}${previewProperties(value, depth)}`;
}

function previewItems(value: object, length: number, depth: number): string {
  let text = '[';
  for (let i = 0; i < length && i < MAX_ITEMS && text.length < MAX_PREVIEW; i++) {
    const descriptor = getOwnPropertyDescriptor(value, i);
    const item = !descriptor ? '<empty>' : descriptor.get ? '<getter>' : preview(descriptor.value, depth + 1);
    text += i === 0 ? item : `, ${item}`;
  }
  return length > MAX_ITEMS ? `${text}, …]` : `${text}]`;
}

function previewProperties(value: object, depth: number): string {
  let text = '{';
  const names = getOwnPropertyNames(value);
  for (let i = 0; i < names.length && text.length < MAX_PREVIEW; i++) {
    if (i === MAX_ITEMS) return `${text}, …}`;
    const name = names[i] as string;
    text += `${i === 0 ? ' ' : ', '}${name}: ${previewProperty(value, name, depth)}`;
  }
  return text === '{' ? '{}' : `${text} }`;
}

function previewProperty(value: object, name: string, depth: number): string {
  try {
    const descriptor = getOwnPropertyDescriptor(value, name);
    if (!descriptor) return '<gone>';
    return descriptor.get || descriptor.set ? '<getter>' : preview(descriptor.value, depth + 1);
  } catch {
    // A module's export that has not been initialized yet.
    return '<uninitialized>';
  }
}

function previewError(value: object): string {
  const message = dataOf(value, 'message');
  return `${typeName(value)}${typeof message === 'string' ? `: ${message}` : ''}`;
}

/** `RegExp.prototype.toString` reads `source` and `flags`, which an instance may override. */
function isPlainRegExp(value: object): boolean {
  return (
    getPrototypeOf(value) === RegExpPrototype &&
    !getOwnPropertyDescriptor(value, 'source') &&
    !getOwnPropertyDescriptor(value, 'flags') &&
    getOwnPropertyDescriptor(RegExpPrototype, 'source')?.get === regExpSource &&
    getOwnPropertyDescriptor(RegExpPrototype, 'flags')?.get === regExpFlags
  );
}

const RegExpPrototype = RegExp.prototype;
const regExpSource = Object.getOwnPropertyDescriptor(RegExpPrototype, 'source')?.get;
const regExpFlags = Object.getOwnPropertyDescriptor(RegExpPrototype, 'flags')?.get;

/** An own property that is no accessor. */
function dataOf(object: object, name: string): unknown {
  return getOwnPropertyDescriptor(object, name)?.value;
}

function line(text: string): string {
  let flat = '';
  const end = text.length > MAX_PREVIEW ? MAX_PREVIEW - 1 : text.length;
  for (let i = 0; i < end; i++) {
    const code = text[i] as string;
    flat += code < ' ' ? ' ' : code;
  }
  return text.length > MAX_PREVIEW ? `${flat}…` : flat;
}
