import type { Variable } from '../../../protocol/values.ts';
import type { NamespaceDelta } from '../shared/messages.ts';
import type { EngineNames } from './engine-names.ts';
import {
  defineValue,
  getOwnPropertyDescriptor,
  mapDelete,
  mapGet,
  mapSet,
  mapSize,
  NativeMap,
  NativeSet,
  ownKeys,
  setAdd,
  setHas,
  slice,
} from './primordials.ts';
import { summarize } from './summary/summarize.ts';

/** As `MAX_VARIABLES` of the protocol. */
const MAX_CHANGES = 1000;
const MAX_NAME = 1000;

/**
 * The session's variables: what cells declared, or assigned on `globalThis`, since the start. Built-ins are none, unless a cell
 * declared one of their names.
 */
export class Namespace {
  readonly #engineNames: EngineNames;
  readonly #builtins = new NativeSet<PropertyKey>();
  readonly #protected = new NativeSet<string>();
  readonly #declared = new NativeSet<PropertyKey>();
  /** Last told, in the order of definition. */
  readonly #told = new NativeMap<string, Variable>();

  constructor(engineNames: EngineNames) {
    this.#engineNames = engineNames;
  }

  /** Everything that is global now is no variable. */
  markBuiltins(protectedNames: readonly string[]): void {
    for (const key of ownKeys(globalThis)) setAdd(this.#builtins, key);
    for (const name of protectedNames) setAdd(this.#protected, name);
  }

  /** Makes names assignable that are read-only or computed on Node's global object (`crypto`, `navigator`). */
  declare(names: readonly string[], hoisted: readonly string[]): void {
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const descriptor = getOwnPropertyDescriptor(globalThis, name);
      if (setHas(this.#protected, name)) {
        this.#engineNames.declare(name);
        continue;
      }
      setAdd(this.#declared, name);
      if (!descriptor?.configurable || (descriptor.writable && setHas(this.#builtins, name) === false)) continue;
      if (descriptor.get || descriptor.set || !descriptor.writable) {
        const value = (globalThis as Record<string, unknown>)[name];
        defineValue(globalThis, name, value, true);
      }
    }
    for (let i = 0; i < hoisted.length; i++) {
      const name = hoisted[i] as string;
      if (getOwnPropertyDescriptor(globalThis, name)) continue;
      defineValue(globalThis, name, undefined, true);
    }
  }

  /** What changed since it was asked last. */
  delta(): NamespaceDelta {
    const changed: Variable[] = [];
    const deleted: string[] = [];
    const present = new NativeSet<string>();
    let truncated = false;
    const keys = ownKeys(globalThis);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol;
      if (typeof key !== 'string' || key.length > MAX_NAME || !this.#isVariable(key)) continue;
      setAdd(present, key);
      const variable = this.#summary(key);
      const before = mapGet(this.#told, key);
      if (before && equal(before, variable)) continue;
      if (changed.length >= MAX_CHANGES) {
        truncated = true;
        continue;
      }
      mapSet(this.#told, key, variable);
      changed[changed.length] = variable;
    }
    this.#forget(present, deleted);
    return { changed, deleted, total: mapSize(this.#told), truncated };
  }

  /** A page in the order of definition. Called by the control thread at any moment, so it changes nothing. */
  page(start: number, count: number): { variables: Variable[]; total: number } {
    const variables: Variable[] = [];
    let total = 0;
    const keys = ownKeys(globalThis);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol;
      if (typeof key !== 'string' || key.length > MAX_NAME || !this.#isVariable(key)) continue;
      if (total >= start && variables.length < count) {
        variables[variables.length] = this.#summary(key);
      }
      total++;
    }
    return { variables, total };
  }

  #isVariable(key: string): boolean {
    if (setHas(this.#protected, key)) return this.#engineNames.taken(key) !== undefined;
    return setHas(this.#declared, key) || !setHas(this.#builtins, key);
  }

  #summary(name: string): Variable {
    return summary(name, this.#engineNames.taken(name) ?? getOwnPropertyDescriptor(globalThis, name));
  }

  #forget(present: Set<string>, deleted: string[]): void {
    if (mapSize(this.#told) === 0) return;
    const gone: string[] = [];
    forEachKey(this.#told, (name) => {
      if (!setHas(present, name)) gone[gone.length] = name;
    });
    for (let i = 0; i < gone.length && deleted.length < MAX_CHANGES; i++) {
      const name = gone[i] as string;
      mapDelete(this.#told, name);
      deleted[deleted.length] = name;
    }
  }
}

const forEach = Map.prototype.forEach;
function forEachKey(map: Map<string, Variable>, visit: (name: string) => void): void {
  Reflect.apply(forEach, map, [(_: Variable, name: string) => visit(name)]);
}

function summary(name: string, descriptor: PropertyDescriptor | undefined): Variable {
  if (descriptor?.get || descriptor?.set) {
    return { name, type: 'getter', kind: 'value', length: null, shape: null, preview: '<getter>' };
  }
  return { name: slice(name, 0, MAX_NAME), ...summarize(descriptor?.value) };
}

function equal(a: Variable, b: Variable): boolean {
  return a.type === b.type && a.kind === b.kind && a.length === b.length && a.preview === b.preview;
}
