import fs from 'node:fs';
import { apply, NativePromise, uncurry } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { Question } from './consent.ts';
import { type FileCategory, type PathQuestions, pinned } from './paths.ts';

interface Tree {
  readonly name: string;
  readonly category: FileCategory;
  /** What the second path is for, where there is one. */
  readonly second?: FileCategory;
}

/** Node makes many operations of each of these when it is asked to go through a folder. */
const TREES: readonly Tree[] = [
  { name: 'rm', category: 'delete' },
  { name: 'rmdir', category: 'delete' },
  { name: 'readdir', category: 'read' },
  { name: 'cp', category: 'read', second: 'write' },
];

const then = uncurry(Promise.prototype.then as (this: Promise<unknown>, ...both: unknown[]) => Promise<unknown>);

/** Has what goes through a whole folder asked for once, and not for each file in it. */
export function gateTrees(paths: PathQuestions): void {
  for (const tree of TREES) {
    wrap(fs, tree.name, tree.name, tree, paths);
    wrap(fs, `${tree.name}Sync`, tree.name, tree, paths);
    wrap(fs.promises, tree.name, tree.name, tree, paths);
  }
}

function wrap(module: object, name: string, shown: string, { category, second }: Tree, paths: PathQuestions): void {
  const functions = module as Record<string, AnyFunction>;
  const original = functions[name] as AnyFunction;
  const { consent } = paths;
  const isPromise = module === fs.promises;
  functions[name] = like(original, function (this: unknown, ...given: unknown[]) {
    const options = given[second ? 2 : 1];
    const recursive = typeof options === 'object' && options !== null && (options as { recursive?: unknown }).recursive;
    if (!recursive || !consent.policy()) return apply(original, this, given);
    const operation = `fs.${shown}`;
    try {
      given[0] = pinned(given[0]);
      if (second) given[1] = pinned(given[1]);
    } catch {
      // It is no path: the original says so.
      return apply(original, this, given);
    }
    const one = paths.about(category, operation, given[0], category !== 'delete');
    const other = second ? paths.about(second, operation, given[1]) : null;

    const allow = () => {
      const { allowances } = consent;
      const first = allowances.add(category, paths.real(given[0], category !== 'delete'));
      // To delete what is in a folder is to list it.
      const last = allowances.add(second ?? 'read', paths.real(given[second ? 1 : 0], category !== 'delete'));
      return () => {
        allowances.remove(first);
        allowances.remove(last);
      };
    };
    if (isPromise) {
      return new NativePromise((resolve, reject) => {
        const go = () => {
          const over = allow();
          const promise = apply(original, this, given) as Promise<unknown>;
          then(promise, over, over);
          resolve(promise);
        };
        inTurn(one, other, go, reject);
      });
    }
    const last = given.length - 1;
    const callback = given[last];
    if (name === shown && typeof callback === 'function') {
      const refused = (error: Error) => apply(callback as AnyFunction, undefined, [error]);
      const go = () => {
        const over = allow();
        given[last] = function (this: unknown, ...results: unknown[]) {
          over();
          return apply(callback as AnyFunction, this, results);
        };
        apply(original, this, given);
      };
      inTurn(one, other, go, refused);
      return undefined;
    }
    if (one) consent.require(one);
    if (other) consent.require(other);
    const over = allow();
    const result = apply(original, this, given);
    over();
    return result;
  });

  function inTurn(one: Question | null, other: Question | null, go: () => void, refused: (error: Error) => void): void {
    const next = () => (other ? consent.request(other, go, refused) : go());
    if (one) consent.request(one, next, refused);
    else next();
  }
}
