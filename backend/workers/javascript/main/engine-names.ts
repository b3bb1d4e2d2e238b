import { defineProperty, mapGet, mapSet, NativeMap, NativeSet, sameValue, setAdd, setHas } from './primordials.ts';

/** Entries of `In` and `Out` that are kept. */
const HISTORY = 1000;

/** The names that a cell may have for itself. */
const GIVEN_UP = ['_', '__', '___', 'In', 'Out'];

/**
 * The engine's own names: the last three values, the cells so far, their values, the last error. User code can read them; an
 * assignment is ignored (invariant 1).
 *
 * A top-level declaration is meant: `import _ from 'lodash'`, `const _ = …`, `function In() {}`. From its assignment on, the name is
 * the user's for the rest of the session, as in Node's REPL, where an assignment does that. `_exception` stays the engine's.
 */
export class EngineNames {
  #last: [unknown, unknown, unknown] = [undefined, undefined, undefined];
  readonly #inputs: Record<number, string> = { __proto__: null } as never;
  readonly #outputs: Record<number, unknown> = { __proto__: null } as never;
  #exception: unknown;
  #count = 0;
  readonly #declared = new NativeSet<string>();
  /** Values that user code gave to names it declared. */
  readonly #taken = new NativeMap<string, { value: unknown }>();

  readonly #getters = new NativeMap<string, () => unknown>([
    ['_', () => this.#last[0]],
    ['__', () => this.#last[1]],
    ['___', () => this.#last[2]],
    ['In', () => this.#inputs],
    ['Out', () => this.#outputs],
    ['_exception', () => this.#exception],
  ]);

  install(): readonly string[] {
    for (const [name, get] of this.#getters) {
      defineProperty(globalThis, name, {
        get: () => {
          const taken = mapGet(this.#taken, name);
          return taken ? taken.value : get();
        },
        set: (value: unknown) => {
          if (setHas(this.#declared, name)) mapSet(this.#taken, name, { value });
        },
        enumerable: false,
        configurable: false,
      });
    }
    return [...this.#getters.keys()];
  }

  /** A cell declares one of these names. */
  declare(name: string): void {
    for (let i = 0; i < GIVEN_UP.length; i++) if (GIVEN_UP[i] === name) setAdd(this.#declared, name);
  }

  /** What user code gave to a name that it declared; undefined while the name is the engine's. */
  taken(name: string): { readonly value: unknown } | undefined {
    return mapGet(this.#taken, name);
  }

  /** What a name stands for now, its engine's or its user's value; undefined when it is none of these names. */
  value(name: string): { readonly value: unknown } | undefined {
    const taken = mapGet(this.#taken, name);
    if (taken) return taken;
    const get = mapGet(this.#getters, name);
    return get && { value: get() };
  }

  /** Of the cell that runs now or ran last, in `In` and `Out`. */
  get number(): number {
    return this.#count;
  }

  /** A cell begins. Numbers count from 1, as IPython's do. */
  input(text: string): void {
    this.#count++;
    this.#inputs[this.#count] = text;
    delete this.#inputs[this.#count - HISTORY];
    delete this.#outputs[this.#count - HISTORY];
  }

  output(value: unknown): void {
    if (sameValue(value, this.#outputs)) return;
    this.#last = [value, this.#last[0], this.#last[1]];
    this.#outputs[this.#count] = value;
  }

  exception(error: unknown): void {
    this.#exception = error;
  }
}
