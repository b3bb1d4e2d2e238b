import type { Function as FunctionNode } from '@babel/types';
import { BLOCKING_FUNCTION, GLOBAL, GLOBALS, type Path } from './calls.ts';

const MAX_ALIASES = 10_000;

/** What a name in a cell stands for, as far as it matters; null: something else. */
export type Meaning =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'function'; readonly node: FunctionNode; readonly scope: Scope }
  | null;

/** What names stand for since earlier cells. */
export class Aliases {
  readonly #paths = new Map<string, Path | null>();

  get(name: string): Path | null {
    const path = this.#paths.get(name);
    return path === undefined ? [GLOBAL, name] : path;
  }

  /** @param path null: a value of the user, that has no meaning here. */
  set(name: string, path: Path | null): void {
    this.#paths.delete(name);
    if (path === null && !GLOBALS.has(name)) return;
    this.#paths.set(name, path);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > MAX_ALIASES && oldest !== undefined) this.#paths.delete(oldest);
  }
}

/** The names of a block or a function; the outermost is the cell's own. */
export class Scope {
  readonly #outer: Scope | Aliases;
  readonly #isBlock: boolean;
  readonly #names = new Map<string, Meaning>();

  private constructor(outer: Scope | Aliases, isBlock: boolean) {
    this.#outer = outer;
    this.#isBlock = isBlock;
  }

  static ofCell(aliases: Aliases): Scope {
    return new Scope(aliases, false);
  }

  function(): Scope {
    return new Scope(this, false);
  }

  block(): Scope {
    return new Scope(this, true);
  }

  get(name: string): Meaning {
    const own = this.#names.get(name);
    if (own !== undefined) return own;
    if (this.#outer instanceof Scope) return this.#outer.get(name);
    const path = this.#outer.get(name);
    return path && { kind: 'path', path };
  }

  declare(name: string, meaning: Meaning): void {
    this.#names.set(name, meaning);
  }

  /** A `var`: blocks do not hold it. */
  declareVar(name: string, meaning: Meaning): void {
    if (this.#isBlock && this.#outer instanceof Scope) this.#outer.declareVar(name, meaning);
    else this.#names.set(name, meaning);
  }

  /** An assignment: to where the name is declared, or the cell's own scope. */
  assign(name: string, meaning: Meaning): void {
    if (this.#names.has(name) || !(this.#outer instanceof Scope)) this.#names.set(name, meaning);
    else this.#outer.assign(name, meaning);
  }

  /** Tells later cells what the names of this one stand for. @param blocks whether a call of a function blocks. */
  keep(aliases: Aliases, blocks: (meaning: Extract<Meaning, { kind: 'function' }>) => boolean): void {
    for (const [name, meaning] of this.#names) {
      if (meaning?.kind === 'function') aliases.set(name, blocks(meaning) ? BLOCKING_FUNCTION : null);
      else aliases.set(name, meaning?.path ?? null);
    }
  }
}
