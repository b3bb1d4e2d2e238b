import { types } from 'node:util';
import {
  dateGetTime,
  dateToISOString,
  getOwnPropertyDescriptor,
  isArray,
  isFiniteNumber,
  NativeString,
  regExpToString,
  slice,
  stringify,
  symbolToString,
  typedArrayName,
} from '../primordials.ts';
import { dataOf, lengthOf, typeName } from './facts.ts';
import { describeFunction } from './functions.ts';
import { MAX_PREVIEW } from './line.ts';
import { firstNames } from './own-names.ts';
import { isPlainRegExp } from './regexp.ts';

// Taken before user code can replace them.
const { isProxy, isDate, isRegExp, isPromise, isNativeError, isTypedArray, isGeneratorObject, isWeakMap, isWeakSet } =
  types;
const MAX_ITEMS = 20;

/** A value in a few words. */
export function preview(value: unknown, depth: number): string {
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
  const names = firstNames(value);
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
