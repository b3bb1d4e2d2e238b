import type { Variable } from '../../../protocol/values.ts';
import type { NamespaceDelta } from '../shared/messages.ts';
import type { EngineNames } from './engine-names.ts';
import {
  defineValue,
  getOwnPropertyDescriptor,
  mapDelete,
  mapGet,
  mapSet,
  NativeMap,
  NativeSet,
  ownKeys,
  setAdd,
  setHas,
  setSize,
  uncurry,
} from './primordials.ts';
import { summarize } from './summary/summarize.ts';

/** As `MAX_VARIABLES` of the protocol. */
const MAX_CHANGES = 1000;
const MAX_NAME = 1000;
/** Of one message: a header holds 1 MiB, and JSON may need six bytes for a character. */
const MAX_CHARACTERS = 140_000;

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
    let characters = 0;
    const keys = ownKeys(globalThis);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol;
      if (typeof key !== 'string' || key.length > MAX_NAME || !this.#isVariable(key)) continue;
      setAdd(present, key);
      const variable = this.#summary(key);
      const before = mapGet(this.#told, key);
      if (before && equal(before, variable)) continue;
      if (changed.length >= MAX_CHANGES || characters > MAX_CHARACTERS) {
        truncated = true;
        continue;
      }
      characters += size(variable);
      mapSet(this.#told, key, variable);
      changed[changed.length] = variable;
    }
    if (!this.#forget(present, deleted, MAX_CHARACTERS - characters)) truncated = true;
    return { changed, deleted, total: setSize(present), truncated };
  }

  /** A page in the order of definition, shorter than asked for when it would not fit into a frame. Called by the control thread at any moment, so it changes nothing. */
  page(start: number, count: number): { variables: Variable[]; total: number } {
    const variables: Variable[] = [];
    let total = 0;
    let characters = 0;
    const keys = ownKeys(globalThis);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol;
      if (typeof key !== 'string' || key.length > MAX_NAME || !this.#isVariable(key)) continue;
      if (total >= start && variables.length < count && characters <= MAX_CHARACTERS) {
        const variable = this.#summary(key);
        characters += size(variable);
        variables[variables.length] = variable;
      }
      total++;
    }
    return { variables, total };
  }

  /** The variables' names in the order of definition. */
  names(): string[] {
    const names: string[] = [];
    const keys = ownKeys(globalThis);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (typeof key === 'string' && this.#isVariable(key)) names[names.length] = key;
    }
    return names;
  }

  /** Whether there is a variable of that name. */
  has(name: string): boolean {
    return getOwnPropertyDescriptor(globalThis, name) !== undefined && this.#isVariable(name);
  }

  #isVariable(key: string): boolean {
    if (setHas(this.#protected, key)) return this.#engineNames.taken(key) !== undefined;
    return setHas(this.#declared, key) || !setHas(this.#builtins, key);
  }

  #summary(name: string): Variable {
    return summary(name, this.#engineNames.taken(name) ?? getOwnPropertyDescriptor(globalThis, name));
  }

  /** @returns whether all that are gone have been told. */
  #forget(present: Set<string>, deleted: string[], characters: number): boolean {
    const gone: string[] = [];
    forEachKey(this.#told, (name) => {
      if (!setHas(present, name)) gone[gone.length] = name;
    });
    let left = characters;
    for (let i = 0; i < gone.length; i++) {
      const name = gone[i] as string;
      if (deleted.length >= MAX_CHANGES || left < 0) return false;
      left -= name.length;
      mapDelete(this.#told, name);
      deleted[deleted.length] = name;
    }
    return true;
  }
}

const forEach = uncurry(Map.prototype.forEach as (this: Map<string, Variable>, visit: unknown) => void);
function forEachKey(map: Map<string, Variable>, visit: (name: string) => void): void {
  forEach(map, (_: Variable, name: string) => visit(name));
}

function summary(name: string, descriptor: PropertyDescriptor | undefined): Variable {
  if (descriptor?.get || descriptor?.set) {
    const nothing = { length: null, shape: null, expandable: false, tabular: false };
    return { name, type: 'getter', kind: 'value', ...nothing, preview: '<getter>' };
  }
  return { name, ...summarize(descriptor?.value) };
}

function size({ name, type, preview }: Variable): number {
  return name.length + type.length + preview.length;
}

function equal(a: Variable, b: Variable): boolean {
  return a.type === b.type && a.kind === b.kind && a.length === b.length && a.preview === b.preview;
}
