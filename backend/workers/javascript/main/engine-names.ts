import { defineProperty, sameValue } from './primordials.ts';

/** Entries of `In` and `Out` that are kept. */
const HISTORY = 1000;

/**
 * The engine's own names: the last three values, the cells so far, their values, the last error. User code can read them; an
 * assignment is ignored (invariant 1).
 */
export class EngineNames {
  #last: [unknown, unknown, unknown] = [undefined, undefined, undefined];
  readonly #inputs: Record<number, string> = { __proto__: null } as never;
  readonly #outputs: Record<number, unknown> = { __proto__: null } as never;
  #exception: unknown;
  #count = 0;

  install(): readonly string[] {
    const getters: Record<string, () => unknown> = {
      _: () => this.#last[0],
      __: () => this.#last[1],
      ___: () => this.#last[2],
      In: () => this.#inputs,
      Out: () => this.#outputs,
      _exception: () => this.#exception,
    };
    for (const [name, get] of Object.entries(getters)) {
      defineProperty(globalThis, name, { get, set: ignore, enumerable: false, configurable: false });
    }
    return Object.keys(getters);
  }

  /** A cell begins. Numbers count from 1, as IPython's do. */
  input(text: string): void {
    this.#count++;
    this.#inputs[this.#count] = text;
    delete this.#inputs[this.#count - HISTORY];
  }

  output(value: unknown): void {
    if (sameValue(value, this.#outputs)) return;
    this.#last = [value, this.#last[0], this.#last[1]];
    this.#outputs[this.#count] = value;
    delete this.#outputs[this.#count - HISTORY];
  }

  exception(error: unknown): void {
    this.#exception = error;
  }
}

function ignore(): void {}
