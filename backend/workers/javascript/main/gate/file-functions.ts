import fs from 'node:fs';
import module from 'node:module';
import { cwd } from 'node:process';
import v8 from 'node:v8';
import { apply, NativePromise } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { Binding } from './bindings.ts';
import { type FileCategory, type PathQuestions, pinned } from './paths.ts';

const workingFolder = cwd;

interface Gated {
  readonly owner: object;
  readonly name: string;
  readonly shown: string;
  readonly category: FileCategory;
  /** Where the path stands; what is used when it is not given. */
  readonly at: number;
  readonly otherwise?: () => string;
  /** How a refusal is told: thrown, by the promise, to the callback at the end. */
  readonly by?: 'promise' | 'callback';
}

/** What reads or writes files below JavaScript, without the `fs` binding. */
export function gateFileFunctions(getBinding: (name: string) => Binding, paths: PathQuestions): void {
  const { FSEvent } = getBinding('fs_event_wrap');
  const { StatWatcher } = getBinding('fs');
  const here = () => workingFolder();
  const read = { category: 'read', at: 0 } as const;
  const write = { category: 'write', at: 0, otherwise: here } as const;
  const gated: readonly Gated[] = [
    { owner: fs, name: 'opendirSync', shown: 'fs.opendir', ...read },
    { owner: fs, name: 'opendir', shown: 'fs.opendir', ...read, by: 'callback' },
    { owner: fs.promises, name: 'opendir', shown: 'fs.opendir', ...read, by: 'promise' },
    { owner: fs, name: 'openAsBlob', shown: 'fs.openAsBlob', ...read, by: 'promise' },
    { owner: prototypeOf(FSEvent), name: 'start', shown: 'fs.watch', ...read },
    { owner: prototypeOf(StatWatcher), name: 'start', shown: 'fs.watchFile', ...read },
    { owner: process, name: 'loadEnvFile', shown: 'process.loadEnvFile', ...read, otherwise: () => '.env' },
    { owner: process.report, name: 'writeReport', shown: 'process.report.writeReport', ...write },
    { owner: v8, name: 'writeHeapSnapshot', shown: 'v8.writeHeapSnapshot', ...write },
    { owner: v8, name: 'setHeapSnapshotNearHeapLimit', shown: 'v8.setHeapSnapshotNearHeapLimit', ...write, at: 1 },
    { owner: module, name: 'enableCompileCache', shown: 'module.enableCompileCache', ...write },
  ];
  for (const one of gated) wrap(one, paths);
}

function prototypeOf(type: unknown): object {
  return (type as { prototype: object }).prototype;
}

function wrap({ owner, name, shown, category, at, otherwise, by }: Gated, paths: PathQuestions): void {
  const functions = owner as Record<string, AnyFunction>;
  const original = functions[name];
  // Not in every version of Node.
  if (typeof original !== 'function') return;
  const { consent } = paths;
  functions[name] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!consent.policy()) return apply(original, this, given);
    // What a path in the middle of an object is, the original must not be asked twice.
    if (given[at] !== undefined || !otherwise) given[at] = pinned(given[at]);
    const target = given[at] === undefined || typeof given[at] === 'number' ? otherwise?.() : given[at];
    const question = target === undefined ? null : paths.about(category, shown, target);
    if (!question) return apply(original, this, given);
    const go = () => apply(original, this, given);
    if (by === 'promise') {
      return new NativePromise((resolve, reject) => consent.requestAll([question], () => resolve(go()), reject));
    }
    const callback = given[given.length - 1];
    if (by === 'callback' && typeof callback === 'function') {
      consent.requestAll([question], go, (error) => apply(callback as AnyFunction, undefined, [error]));
      return undefined;
    }
    consent.require(question);
    return go();
  });
}
