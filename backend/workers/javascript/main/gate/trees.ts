import fs from 'node:fs';
import { apply, NativePromise, NativeSet, uncurry } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import { type FileCategory, type PathQuestions, pinned } from './paths.ts';

interface Tree {
  readonly name: string;
  readonly category: FileCategory;
  /** Of what is below, as their questions would name them. */
  readonly operations: readonly string[];
  /** The second path is written, where there is one. */
  readonly copies?: true;
}

const LISTING = ['fs.readdir', 'fs.opendir'];
// To delete what is in a folder is to list it.
const DELETING = [...LISTING, 'fs.unlink', 'fs.rmdir', 'fs.rm'];
const COPYING = new NativeSet(['fs.copyFile', 'fs.cp']);
/** What is made where a copy comes to. */
const MAKING = new NativeSet(['fs.mkdir', 'fs.symlink', 'fs.chmod', 'fs.utimes', 'fs.lutimes']);

/** Node makes many operations of each of these when it is asked to go through a folder. */
const TREES: readonly Tree[] = [
  { name: 'rm', category: 'delete', operations: DELETING },
  { name: 'rmdir', category: 'delete', operations: DELETING },
  { name: 'readdir', category: 'read', operations: LISTING },
  { name: 'cp', category: 'read', operations: LISTING, copies: true },
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

function wrap(module: object, name: string, shown: string, tree: Tree, paths: PathQuestions): void {
  const functions = module as Record<string, AnyFunction>;
  const original = functions[name] as AnyFunction;
  const { category, copies } = tree;
  const { consent } = paths;
  const isPromise = module === fs.promises;
  const allow = allowing(tree, paths);
  functions[name] = like(original, function (this: unknown, ...given: unknown[]) {
    const options = given[copies ? 2 : 1];
    const recursive = typeof options === 'object' && options !== null && (options as { recursive?: unknown }).recursive;
    if (!recursive || !consent.policy()) return apply(original, this, given);
    const operation = `fs.${shown}`;
    try {
      given[0] = pinned(given[0]);
      if (copies) given[1] = pinned(given[1]);
    } catch {
      // It is no path: the original says so.
      return apply(original, this, given);
    }
    const asked = [
      paths.about(category, operation, given[0], category !== 'delete'),
      copies ? paths.about('write', operation, given[1]) : null,
    ];
    const begin = (over: () => void) => {
      try {
        return apply(original, this, given);
      } catch (error) {
        over();
        throw error;
      }
    };
    if (isPromise) {
      return new NativePromise((resolve, reject) => {
        const go = () => {
          const over = allow(given);
          const promise = begin(over) as Promise<unknown>;
          then(promise, over, over);
          resolve(promise);
        };
        consent.requestAll(asked, go, reject);
      });
    }
    const last = given.length - 1;
    const callback = given[last];
    if (name === shown && typeof callback === 'function') {
      const go = () => {
        const over = allow(given);
        given[last] = function (this: unknown, ...results: unknown[]) {
          over();
          return apply(callback as AnyFunction, this, results);
        };
        begin(over);
      };
      consent.requestAll(asked, go, (error) => apply(callback as AnyFunction, undefined, [error]));
      return undefined;
    }
    consent.requireAll(asked);
    const over = allow(given);
    const result = begin(over);
    over();
    return result;
  });
}

/** @returns allows what a tree is made of, for the paths that it is called with, and returns what ends that */
function allowing({ category, operations, copies }: Tree, paths: PathQuestions): (given: unknown[]) => () => void {
  const { allowances } = paths.consent;
  const below = new NativeSet(operations);
  return (given) => {
    const folder = paths.real(given[0], category !== 'delete');
    const to = copies ? paths.real(given[1], true) : null;
    const first = allowances.add({ operations: below, folder });
    const copied = to === null ? 0 : allowances.add({ operations: COPYING, from: folder, to });
    const made = to === null ? 0 : allowances.add({ operations: MAKING, folder: to });
    return () => {
      allowances.remove(first);
      allowances.remove(copied);
      allowances.remove(made);
    };
  };
}
