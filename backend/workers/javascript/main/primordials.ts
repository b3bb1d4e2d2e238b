/**
 * The built-ins that the main thread's engine needs, taken before user code can replace them on their prototypes.
 * Arrays are walked by index and grown by assignment for the same reason.
 */
type Method = (this: never, ...args: never[]) => unknown;
type Uncurried<M extends Method> = (self: ThisParameterType<M>, ...args: Parameters<M>) => ReturnType<M>;

const { bind, call } = Function.prototype;

/** `uncurry(Map.prototype.get)(map, key)` is `map.get(key)`, whatever happens to the prototypes. */
export const uncurry = bind.bind(call) as unknown as <M extends Method>(method: M) => Uncurried<M>;

export function getter(prototype: object, name: PropertyKey): (self: unknown) => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (!get) throw new Error(`No getter ${String(name)}.`);
  return uncurry(get as Method) as (self: unknown) => unknown;
}

function walker<Collection extends object, Item>(sample: Collection, name: keyof Collection) {
  const iterate = uncurry(sample[name] as Method) as unknown as (collection: Collection) => object;
  const iterator = Object.getPrototypeOf(iterate(sample)) as { next: Method };
  const next = uncurry(iterator.next) as unknown as (iterator: object) => IteratorResult<Item>;
  return (collection: Collection, from: number, visit: (item: Item) => boolean): void => {
    const items = iterate(collection);
    for (let i = 0; ; i++) {
      const { done, value } = next(items);
      if (done || (i >= from && !visit(value))) return;
    }
  };
}

export const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames, getPrototypeOf, is: sameValue } = Object;
export const { ownKeys, apply, deleteProperty, construct } = Reflect;
export const { getOwnPropertySymbols } = Object;
export const { hasOwn, keys: enumerableKeys } = Object;
const reflectDefine = Reflect.defineProperty;

/** Defines a configurable, writable property; does nothing when the object is frozen. */
export function defineValue(target: object, name: PropertyKey, value: unknown, enumerable: boolean): void {
  // Without a prototype: user code may have put `get` or `value` on Object's.
  reflectDefine(target, name, {
    __proto__: null,
    value,
    writable: true,
    configurable: true,
    enumerable,
  } as PropertyDescriptor);
}
export const isArray = Array.isArray;
export const { isFinite: isFiniteNumber, isNaN: isNaNumber } = Number;
export const stringify = JSON.stringify;
export const { load, store, exchange, wait } = Atomics;
export const now = performance.now.bind(performance);
/** Unix milliseconds. */
export const today = Date.now;
export const NativeObject = Object;
export const NativeString = String;
export const NativeError = Error;
export const NativeTypeError = TypeError;
export const NativeMap = Map;
export const NativeWeakMap = WeakMap;
export const NativeSet = Set;
export const NativePromise = Promise;

export const functionToString = uncurry(Function.prototype.toString);
export const errorToString = uncurry(Error.prototype.toString);
export const symbolToString = uncurry(Symbol.prototype.toString);
export const dateToISOString = uncurry(Date.prototype.toISOString);
export const dateGetTime = uncurry(Date.prototype.getTime);
export const regExpToString = uncurry(RegExp.prototype.toString);
export const slice = uncurry(String.prototype.slice);
export const startsWith = uncurry(String.prototype.startsWith as (this: string, search: string) => boolean);
export const lastIndexOf = uncurry(String.prototype.lastIndexOf as (this: string, search: string) => number);
export const indexOf = uncurry(String.prototype.indexOf as (this: string, search: string, from?: number) => number);
export const matches = uncurry(RegExp.prototype.exec);
export const charCodeAt = uncurry(String.prototype.charCodeAt);
export const toLowerCase = uncurry(String.prototype.toLowerCase);

export const mapGet = uncurry(Map.prototype.get) as <K, V>(map: Map<K, V>, key: K) => V | undefined;
export const mapSet = uncurry(Map.prototype.set) as <K, V>(map: Map<K, V>, key: K, value: V) => Map<K, V>;
export const mapDelete = uncurry(Map.prototype.delete) as <K, V>(map: Map<K, V>, key: K) => boolean;
export const mapSize = getter(Map.prototype, 'size') as (self: unknown) => number;
export const weakMapGet = uncurry(WeakMap.prototype.get as Method) as unknown as <K extends object, V>(
  map: WeakMap<K, V>,
  key: K,
) => V | undefined;
export const weakMapSet = uncurry(WeakMap.prototype.set as Method) as unknown as <K extends object, V>(
  map: WeakMap<K, V>,
  key: K,
  value: V,
) => WeakMap<K, V>;
export const weakMapDelete = uncurry(WeakMap.prototype.delete as Method) as unknown as <K extends object, V>(
  map: WeakMap<K, V>,
  key: K,
) => boolean;

export const setAdd = uncurry(Set.prototype.add) as <T>(set: Set<T>, value: T) => Set<T>;
export const setHas = uncurry(Set.prototype.has) as <T>(set: Set<T>, value: T) => boolean;
export const setDelete = uncurry(Set.prototype.delete) as <T>(set: Set<T>, value: T) => boolean;
export const setForEach = uncurry(Set.prototype.forEach as Method) as unknown as <T>(
  set: Set<T>,
  visit: (value: T) => void,
) => void;
/** Walks over a map's entries from a position on. Stops when `visit` answers false. */
export const walkMap = walker<Map<unknown, unknown>, readonly [unknown, unknown]>(new Map(), 'entries');
/** The same for a set's values. */
export const walkSet = walker<Set<unknown>, unknown>(new Set(), 'values');
export const setSize = getter(Set.prototype, 'size') as (self: unknown) => number;
export const bufferByteLength = getter(ArrayBuffer.prototype, 'byteLength') as (self: unknown) => number;

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
export const typedArrayLength = getter(typedArray, 'length') as (self: unknown) => number;
export const typedArrayName = getter(typedArray, Symbol.toStringTag) as (self: unknown) => string | undefined;
