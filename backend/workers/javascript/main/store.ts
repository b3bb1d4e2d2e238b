import { bytesOf, jsonParse } from './bytes.ts';
import type { Capabilities } from './capabilities.ts';
import { getPrototypeOf, isArray, isFiniteNumber, NativeTypeError, stringify } from './primordials.ts';

const ObjectPrototype = Object.prototype;
const freeze = Object.freeze;

/** What the programs of this workspace keep between sessions. */
export function makeStore(capabilities: Capabilities): object {
  const get = async (key: string, otherwise?: unknown) => {
    const { value, payload } = await capabilities.call('store', { operation: 'get', key: text(key) });
    return value === true ? jsonParse(payload) : otherwise;
  };
  return freeze({
    get,
    has: async (key: string) => {
      const { value } = await capabilities.call('store', { operation: 'get', key: text(key) });
      return value;
    },
    set: async (key: string, value: unknown) => {
      await capabilities.call('store', { operation: 'set', key: text(key) }, bytesOf(json(value), 'The value'));
    },
    delete: async (key: string) => capabilities.request('store', { operation: 'delete', key: text(key) }),
    keys: async () => jsonParse((await capabilities.call('store', { operation: 'keys' })).payload),
  });
}

function text(value: unknown): string {
  return `${value as string}`;
}

/** What JSON has no place for is refused: left out, or turned into null, it would be lost without a word. */
function json(value: unknown): string {
  const written: string | undefined = stringify(value, (_, one: unknown) => {
    if (!fits(one)) throw new NativeTypeError(`store keeps JSON, which has no place for ${nameOf(one)}.`);
    return one;
  });
  if (written === undefined) throw new NativeTypeError(`store keeps JSON, which has no place for ${nameOf(value)}.`);
  return written;
}

function fits(value: unknown): boolean {
  if (typeof value === 'number') return isFiniteNumber(value);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  if (value === null || isArray(value)) return true;
  const prototype = getPrototypeOf(value);
  return prototype === null || prototype === ObjectPrototype;
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${typeof value === 'symbol' ? 'a symbol' : value}`;
  const { constructor: made } = value;
  return typeof made === 'function' ? `a ${made.name}` : 'this object';
}
