import {
  mapDelete,
  mapGet,
  mapSet,
  NativeMap,
  NativeSet,
  setAdd,
  setDelete,
  setHas,
  setSize,
  slice,
} from '../primordials.ts';
import { isBelow } from './real-path.ts';

/** What was allowed for a whole folder: the calls of Node's that it is made of. Folders are real paths. */
export type Allowance =
  | { readonly operations: ReadonlySet<string>; readonly folder: string }
  /** What is below one folder comes to the same place below the other. */
  | { readonly operations: ReadonlySet<string>; readonly from: string; readonly to: string };

/**
 * What was allowed for one operation that Node makes of many: a folder that is deleted, copied or listed with all that is in it. Code that runs
 * meanwhile has no more by it than what was allowed. One that is terminated leaves its allowance behind until the next cell begins.
 */
export class Allowances {
  readonly #all = new NativeMap<number, Allowance>();
  readonly #numbers = new NativeSet<number>();
  #last = 0;

  /** @returns what `remove` takes */
  add(allowance: Allowance): number {
    const number = ++this.#last;
    mapSet(this.#all, number, allowance);
    setAdd(this.#numbers, number);
    return number;
  }

  remove(number: number): void {
    mapDelete(this.#all, number);
    setDelete(this.#numbers, number);
  }

  clear(): void {
    if (setSize(this.#numbers) === 0) return;
    for (let number = 1; number <= this.#last; number++) if (setHas(this.#numbers, number)) this.remove(number);
    this.#last = 0;
  }

  covers(operation: string, real: string): boolean {
    return this.#some(operation, (one) => 'folder' in one && isBelow(one.folder, real));
  }

  coversCopy(operation: string, from: string, to: string): boolean {
    return this.#some(
      operation,
      (one) =>
        'from' in one &&
        isBelow(one.from, from) &&
        isBelow(one.to, to) &&
        slice(from, one.from.length) === slice(to, one.to.length),
    );
  }

  #some(operation: string, covers: (one: Allowance) => boolean): boolean {
    if (setSize(this.#numbers) === 0) return false;
    let found = false;
    for (let number = 1; number <= this.#last && !found; number++) {
      const one = mapGet(this.#all, number);
      found = one !== undefined && setHas(one.operations as Set<string>, operation) && covers(one);
    }
    return found;
  }
}
