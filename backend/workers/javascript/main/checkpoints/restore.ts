import type { CheckpointManifest } from '../../../../protocol/checkpoint.ts';
import type { GraphFacts, RestoredVariables, RestoreErrand } from '../../shared/checkpoint.ts';
import type { CompiledCell } from '../../shared/messages.ts';
import type { Modules } from '../modules.ts';
import type { Namespace } from '../namespace.ts';
import {
  apply,
  defineValue,
  getOwnPropertyDescriptor,
  mapGet,
  mapSet,
  NativeMap,
  NativeSet,
  setAdd,
  setDelete,
  setHas,
  slice,
} from '../primordials.ts';
import { describeThrown } from '../thrown.ts';
import { isBuiltin, prototypeNamed } from './class-names.ts';
import { readGraph } from './graph-bytes.ts';

type Restored = RestoredVariables[number];
type Group = CheckpointManifest['groups'][number];

interface Step {
  readonly names: readonly string[];
  readonly how: Restored['how'];
  readonly act: () => void;
  reason: string;
}

// Taken before user code can replace it.
const UNDEFINED = /^(\S+) is not defined$/;
const { exec } = RegExp.prototype;
const MAX_REASON = 500;
const BY_ANOTHER = 'It was not asked for, but what was needs it.';

/** What the session does for a restore. */
export interface RestoreHost {
  readonly namespace: Namespace;
  readonly modules: Modules;
  /** Runs a compiled definition. @throws what it throws */
  define(cell: CompiledCell, path: string | null): void;
}

/** Merges a checkpoint into the namespace. */
export function restore(errand: RestoreErrand, host: RestoreHost): RestoredVariables {
  return new Restoring(errand, host).run();
}

class Restoring {
  readonly #errand: RestoreErrand;
  readonly #host: RestoreHost;
  readonly #wanted = new NativeSet<string>();
  readonly #defined = new NativeSet<string>();
  readonly #differences = new NativeMap<string, string | null>();
  readonly #paths = new NativeMap<string, string | null>();
  readonly #report = new NativeMap<string, Restored>();
  readonly #reported: string[] = [];

  constructor(errand: RestoreErrand, host: RestoreHost) {
    this.#errand = errand;
    this.#host = host;
  }

  run(): RestoredVariables {
    const { variables } = this.#errand.manifest;
    for (let i = 0; i < variables.length; i++) {
      const { name, reason } = variables[i] as (typeof variables)[number];
      setAdd(this.#wanted, name);
      mapSet(this.#differences, name, reason);
    }
    let left = this.#steps();
    for (;;) {
      const failed: Step[] = [];
      for (let i = 0; i < left.length; i++) {
        if (!this.#try(left[i] as Step)) failed[failed.length] = left[i] as Step;
      }
      // A base class or a value that a definition reads may have come meanwhile.
      const stuck = failed.length === left.length;
      left = failed;
      if (stuck) break;
    }
    for (let i = 0; i < left.length; i++) this.#tellAll(left[i] as Step, 'lost');
    for (let i = 0; i < variables.length; i++) {
      const { name, how, reason } = variables[i] as (typeof variables)[number];
      if (how === 'not_stored') this.#tell(name, 'lost', reason);
    }
    const report: Restored[] = [];
    for (let i = 0; i < this.#reported.length; i++) {
      report[i] = mapGet(this.#report, this.#reported[i] as string) as Restored;
    }
    return report;
  }

  #steps(): Step[] {
    const { imports, definitions, groups } = this.#errand.manifest;
    const steps: Step[] = [];
    const add = (names: readonly string[], how: Restored['how'], act: () => void) => {
      steps[steps.length] = { names, how, act, reason: '' };
    };
    for (let i = 0; i < imports.length; i++) {
      const one = imports[i] as (typeof imports)[number];
      add([one.name], 'imported', () => this.#import(one));
    }
    for (let i = 0; i < definitions.length; i++) {
      const { name, path } = definitions[i] as (typeof definitions)[number];
      mapSet(this.#paths, name, path);
      if (setHas(this.#wanted, name)) add([name], 'rebuilt', () => this.#define(name));
    }
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as Group;
      add(group.names, 'restored', () => this.#load(group));
    }
    return steps;
  }

  #try(step: Step): boolean {
    try {
      step.act();
    } catch (error) {
      const { name, message } = describeThrown(error);
      step.reason = slice(`${name}: ${message}`, 0, MAX_REASON);
      return false;
    }
    this.#tellAll(step, step.how);
    return true;
  }

  /** Without waiting, so by `require`: it loads ES modules, too, where Node can (22.12), and none with a top-level await. */
  #import({ name, module, member, path }: CheckpointManifest['imports'][number]): void {
    const { require } = this.#host.modules.enter(path);
    const loaded = require(module) as Record<string, unknown>;
    const isDefault = member === 'default' && !(loaded && typeof loaded === 'object' && 'default' in loaded);
    this.#assign(name, member === null || isDefault ? loaded : loaded[member]);
  }

  #define(name: string): void {
    if (setHas(this.#defined, name)) return;
    const cell = mapGet(this.#errand.cells as Map<string, CompiledCell | string>, name);
    if (cell === undefined) throw new ReferenceError(`${name} is not defined`);
    if (typeof cell === 'string') throw new SyntaxError(cell);
    setAdd(this.#defined, name);
    try {
      this.#run(cell, mapGet(this.#paths, name) ?? null);
    } catch (error) {
      setDelete(this.#defined, name);
      throw error;
    }
  }

  /** What it needs at once (a base class) is defined first. */
  #run(cell: CompiledCell, path: string | null): void {
    for (;;) {
      try {
        this.#host.define(cell, path);
        return;
      } catch (error) {
        const found = apply(exec, UNDEFINED, [describeThrown(error).message]) as RegExpExecArray | null;
        const missing = found?.[1];
        if (missing === undefined || setHas(this.#defined, missing) || !this.#needs(missing)) throw error;
      }
    }
  }

  /** @returns whether it was defined for this. */
  #needs(name: string): boolean {
    if (setHas(this.#defined, name) || !mapGet(this.#errand.cells as Map<string, unknown>, name)) return false;
    this.#define(name);
    if (!setHas(this.#wanted, name)) this.#tell(name, 'rebuilt', BY_ANOTHER);
    return true;
  }

  #load({ names, parts, extra }: Group): void {
    const bytes = this.#errand.parts[parts[0] as number] as Uint8Array;
    const values = readGraph(bytes, names.length, extra as unknown as GraphFacts, (name) => this.#prototypeOf(name));
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (setHas(this.#wanted, name)) this.#assign(name, values[i]);
    }
  }

  #prototypeOf(name: string): object | null {
    if (name !== '' && !isBuiltin(name)) this.#needs(name);
    return prototypeNamed(name);
  }

  #assign(name: string, value: unknown): void {
    this.#host.namespace.declare([name], []);
    const descriptor = getOwnPropertyDescriptor(globalThis, name);
    // The names that the engine shares are accessors.
    if (descriptor?.set) (globalThis as Record<string, unknown>)[name] = value;
    else defineValue(globalThis, name, value, true);
  }

  /** Of what is back it is said what was said when it was stored. */
  #tellAll({ names, reason }: Step, how: Restored['how']): void {
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (!setHas(this.#wanted, name)) continue;
      this.#tell(name, how, how === 'lost' ? reason : (mapGet(this.#differences, name) ?? null));
    }
  }

  #tell(name: string, how: Restored['how'], reason: string | null): void {
    if (!mapGet(this.#report, name)) this.#reported[this.#reported.length] = name;
    mapSet(this.#report, name, { name, how, reason });
  }
}
