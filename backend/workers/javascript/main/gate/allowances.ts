import { mapDelete, mapGet, mapSet, NativeMap, NativeSet, setAdd, setDelete, setHas, setSize } from '../primordials.ts';
import type { Category } from './policy-view.ts';
import { isBelow } from './real-path.ts';

/**
 * What was allowed for one operation that Node makes of many: a folder that is deleted, copied or listed with all that is in it. One that is
 * terminated leaves its allowance behind until the next cell begins; it covers what was allowed, and no more.
 */
export class Allowances {
  readonly #folders = new NativeMap<number, { readonly category: Category; readonly folder: string }>();
  readonly #numbers = new NativeSet<number>();
  #last = 0;

  /** @param folder its real path @returns what `remove` takes */
  add(category: Category, folder: string): number {
    const number = ++this.#last;
    mapSet(this.#folders, number, { category, folder });
    setAdd(this.#numbers, number);
    return number;
  }

  remove(number: number): void {
    mapDelete(this.#folders, number);
    setDelete(this.#numbers, number);
  }

  clear(): void {
    if (setSize(this.#numbers) === 0) return;
    for (let number = 1; number <= this.#last; number++) if (setHas(this.#numbers, number)) this.remove(number);
    this.#last = 0;
  }

  covers(category: Category, real: string): boolean {
    if (setSize(this.#numbers) === 0) return false;
    let found = false;
    for (let number = 1; number <= this.#last && !found; number++) {
      const one = mapGet(this.#folders, number);
      found = one !== undefined && one.category === category && isBelow(one.folder, real);
    }
    return found;
  }
}
