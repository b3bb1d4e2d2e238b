import fs from 'node:fs';
import { apply, construct, defineProperty, NativeWeakMap, weakMapGet, weakMapSet } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { Binding } from './bindings.ts';
import type { Question } from './consent.ts';
import { copyQuestions, openQuestions } from './files.ts';
import { type PathQuestions, pinned } from './paths.ts';

/** Of one file in one go: `new Job(path, flags, …)`, and then `run(path)`, which calls `ondone`. */
interface Job {
  ondone(error: unknown): void;
}
type JobClass = AnyFunction & { prototype: Record<string, AnyFunction> };

const { create } = Object;
const { O_RDONLY, O_RDWR, O_WRONLY } = fs.constants;

/**
 * Wraps the jobs in which later versions of Node read, write and copy files off its main thread. `fs` has two of the classes for itself, and says
 * only the path when it has one run; who makes one by the binding is asked for what it was made with.
 */
export function gateFileJobs(binding: Binding, paths: PathQuestions): void {
  const given = new NativeWeakMap<object, readonly unknown[]>();
  const flags = { read: O_RDONLY };
  gateRun('ReadFileJob', (file, by) => openQuestions(paths, 'fs.open', file, by ?? flags.read));
  // It gives nothing back of what it opens.
  gateRun('WriteFileJob', (file) => openQuestions(paths, 'fs.open', file, O_WRONLY));
  replaceClass('CpDirJob', (made) => {
    made[0] = pinned(made[0]);
    made[1] = pinned(made[1]);
    paths.consent.requireAll(copyQuestions(paths, 'fs.cp', made[0], made[1], made[3] === true));
  });
  noteFlags();

  function gateRun(name: string, about: (file: unknown, flags: unknown) => readonly Question[]): void {
    const prototype = (binding[name] as JobClass | undefined)?.prototype;
    if (!prototype) return;
    const run = prototype['run'] as AnyFunction;
    prototype['run'] = like(run, function (this: unknown, ...args: unknown[]) {
      const { consent } = paths;
      if (!consent.policy()) return apply(run, this, args);
      const made = weakMapGet(given, this as object);
      const asked = about(made ? made[0] : pinned(args[0]), made?.[1]);
      if (asked.length === 0) return apply(run, this, args);
      const job = this as Job;
      const failed = (error: unknown) => apply(job.ondone as AnyFunction, job, [error]);
      consent.requestAll(
        asked,
        () => {
          const failure = apply(run, job, args);
          if (failure !== undefined) failed(failure);
        },
        failed,
      );
      return undefined;
    });
    replaceClass(name, (made, job) => {
      made[0] = pinned(made[0]);
      made[1] = Number(made[1]);
      if (job) weakMapSet(given, job, made);
    });
  }

  /** @param note called before, and again with what was made */
  function replaceClass(name: string, note: (made: unknown[], job?: object) => void): void {
    const original = binding[name] as JobClass | undefined;
    if (!original) return;
    const replaced = new Proxy(original, {
      __proto__: null,
      construct(target: AnyFunction, made: unknown[], newTarget: AnyFunction) {
        if (!paths.consent.policy()) return construct(target, made, newTarget) as object;
        note(made);
        const job = construct(target, made, newTarget) as object;
        note(made, job);
        return job;
      },
    } as ProxyHandler<AnyFunction>);
    defineProperty(original.prototype, 'constructor', { value: replaced, writable: true, configurable: true });
    binding[name] = replaced;
  }

  /** A flag may make a reading change the file. */
  function noteFlags(): void {
    if (!binding['ReadFileJob']) return;
    const functions = fs as unknown as { readFile: AnyFunction };
    const original = functions.readFile;
    functions.readFile = like(original, function (this: unknown, ...args: unknown[]) {
      const options = args[1];
      flags.read = O_RDONLY;
      if (!paths.consent.policy() || typeof options !== 'object' || options === null)
        return apply(original, this, args);
      const { flag } = options as { flag?: unknown };
      args[1] = create(options, { flag: { __proto__: null, value: flag } as PropertyDescriptor }) as object;
      if (flag !== undefined && flag !== null && flag !== 'r' && flag !== O_RDONLY) flags.read = O_RDWR;
      const result = apply(original, this, args);
      flags.read = O_RDONLY;
      return result;
    });
  }
}
