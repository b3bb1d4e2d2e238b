import { types } from 'node:util';
import {
  getOwnPropertyDescriptor,
  getOwnPropertyNames,
  getPrototypeOf,
  isArray,
  isFiniteNumber,
  stringify,
} from './primordials.ts';

const MAX_NODES = 20_000;
const MAX_LENGTH = 1024 * 1024;
const MAX_DEPTH = 50;
const isProxy = types.isProxy;
const ObjectPrototype = Object.prototype;
const ArrayPrototype = Array.prototype;

/**
 * JSON of plain data, or null when the value is more than that (accessors, classes, proxies, NaN, functions) or too big.
 * Runs no user code: `toJSON` is not asked.
 */
export function toJson(value: unknown): string | null {
  const budget = { nodes: MAX_NODES, length: MAX_LENGTH };
  return write(value, budget, 0);
}

function write(value: unknown, budget: { nodes: number; length: number }, depth: number): string | null {
  if (--budget.nodes < 0 || depth > MAX_DEPTH) return null;
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && isFiniteNumber(value)))
    return `${value}`;
  if (typeof value === 'string') {
    budget.length -= value.length;
    return budget.length < 0 ? null : stringify(value);
  }
  if (typeof value !== 'object' || isProxy(value)) return null;
  const prototype = getPrototypeOf(value);
  if (isArray(value)) return prototype === ArrayPrototype ? writeArray(value, budget, depth) : null;
  return prototype === ObjectPrototype || prototype === null ? writeObject(value, budget, depth) : null;
}

function writeArray(value: unknown[], budget: { nodes: number; length: number }, depth: number): string | null {
  let text = '[';
  for (let i = 0; i < value.length; i++) {
    const descriptor = getOwnPropertyDescriptor(value, i);
    if (!descriptor || descriptor.get || descriptor.set) return null;
    const item = write(descriptor.value, budget, depth + 1);
    if (item === null) return null;
    text += i === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

function writeObject(value: object, budget: { nodes: number; length: number }, depth: number): string | null {
  let text = '{';
  const names = getOwnPropertyNames(value);
  if (names.length > budget.nodes) return null;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const descriptor = getOwnPropertyDescriptor(value, name);
    if (!descriptor || descriptor.get || descriptor.set) return null;
    if (!descriptor.enumerable) continue;
    const item = write(descriptor.value, budget, depth + 1);
    if (item === null) return null;
    text += `${text === '{' ? '' : ','}${stringify(name)}:${item}`;
  }
  return `${text}}`;
}
