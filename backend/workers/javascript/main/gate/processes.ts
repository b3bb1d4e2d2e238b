import path from 'node:path';
import { apply, defineValue, isArray, NativeSet, setAdd, setHas, slice } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { Binding } from './bindings.ts';
import { prototypeOf, UV_EACCES } from './connections.ts';
import type { Consent, Question } from './consent.ts';
import { ownerOf, tellInstead } from './owner.ts';
import { type Lookups, programOf } from './programs.ts';

/** What is shown and judged of a command. */
const MAX_ARGUMENTS = 100;
const MAX_LENGTH = 2000;

const { execPath, pid: ownPid, cwd: workingFolder, platform } = process;
const { isAbsolute, sep } = path;

/**
 * Wraps starting programs, below `spawn`, `exec`, `execFile`, `fork` and the clusters' workers, and signals to processes that are not the program's
 * own. All of them wait for the answer: a child process has its number and its pipes when `spawn` returns.
 */
export function gateProcesses(getBinding: (name: string) => Binding, consent: Consent, lookups: Lookups): void {
  const started = new NativeSet<number>();
  const { prototype } = { prototype: prototypeOf(getBinding('process_wrap')['Process']) };
  const spawn = prototype['spawn'] as AnyFunction;
  prototype['spawn'] = like(spawn, function (this: unknown, ...given: unknown[]) {
    if (consent.policy()) {
      const question = about(consent, 'child_process.spawn', pinnedCommand(given), lookups);
      const refusal = question && refusalOf(consent, question);
      if (refusal) {
        // Node tells this failure by the event `error`, behind the call.
        const owner = ownerOf(this as object);
        if (!owner) throw refusal;
        tellInstead(owner, refusal);
        if (platform !== 'win32') apply(spawn, this, nothingOf(given));
        return UV_EACCES;
      }
    }
    const failure = apply(spawn, this, given);
    const { pid } = this as { pid?: number };
    if (typeof pid === 'number') setAdd(started, pid);
    return failure;
  });

  const sync = getBinding('spawn_sync');
  const spawnSync = sync['spawn'] as AnyFunction;
  sync['spawn'] = like(spawnSync, function (this: unknown, ...given: unknown[]) {
    if (!consent.policy()) return apply(spawnSync, this, given);
    const options = copied(given[0]);
    given[0] = options;
    const question = about(consent, 'child_process.spawnSync', options, lookups);
    if (question) consent.require(question);
    return apply(spawnSync, this, given);
  });

  gateSignals(consent, started);
  gateReplacement(consent);
}

/** `_kill` is what `process.kill` calls. The signal 0 only looks whether a process is there. */
function gateSignals(consent: Consent, started: Set<number>): void {
  const native = process as unknown as Record<string, AnyFunction>;
  for (const name of ['_kill', '_debugProcess']) {
    const original = native[name];
    if (!original) continue;
    native[name] = like(original, function (this: unknown, ...given: unknown[]) {
      if (!consent.policy()) return apply(original, this, given);
      given[0] = Number(given[0]);
      const pid = given[0] as number;
      const signal = name === '_kill' ? Number(given[1]) : 'SIGUSR1';
      given[1] = name === '_kill' ? signal : given[1];
      if (signal !== 0 && pid !== ownPid && !setHas(started, pid)) {
        const question = commandQuestion('process.kill', ['kill', `-${signal}`, `${pid}`], null);
        consent.require(question);
      }
      return apply(original, this, given);
    });
  }
}

/** `process.execve` puts another program in this one's place. */
function gateReplacement(consent: Consent): void {
  const native = process as unknown as Record<string, AnyFunction>;
  const original = native['execve'];
  if (!original) return;
  native['execve'] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!consent.policy()) return apply(original, this, given);
    given[0] = `${given[0] as string}`;
    consent.require(commandQuestion('process.execve', [given[0] as string, 'in place of the worker'], null));
    return apply(original, this, given);
  });
}

interface SpawnOptions {
  readonly file?: unknown;
  readonly args?: unknown;
  readonly cwd?: unknown;
  /** `NAME=value` each. */
  readonly envPairs?: unknown;
  readonly stdio?: unknown;
}

/** `spawn(options)`; in later versions `spawn(file, args, cwd, …)`. */
function pinnedCommand(given: unknown[]): SpawnOptions {
  if (typeof given[0] === 'object') {
    const options = copied(given[0]);
    given[0] = options;
    return options;
  }
  const { file, args, cwd, envPairs } = copied({ file: given[0], args: given[1], cwd: given[2], envPairs: given[3] });
  given[0] = file;
  given[1] = args;
  given[2] = cwd;
  if (isArray(given[3])) given[3] = envPairs;
  return { file, args, cwd, envPairs };
}

/**
 * The same for what the system does not start: it says EACCES, and the pipes are there and at their end. Node goes on with them behind that failure,
 * and pipes that were never opened would be errors of their own.
 */
function nothingOf([first, , , , stdio]: readonly unknown[]): unknown[] {
  const nothing = '/dev/null';
  if (typeof first !== 'object') return [nothing, [nothing], undefined, undefined, stdio, 0, undefined, undefined];
  return [{ __proto__: null, file: nothing, args: [nothing], stdio: (first as SpawnOptions).stdio }];
}

/** Read once: what is asked for is what is started. */
function copied(options: unknown): SpawnOptions {
  const copy = { __proto__: null } as Record<string, unknown>;
  if (typeof options === 'object' && options !== null) {
    for (const name in options) copy[name] = (options as Record<string, unknown>)[name];
  }
  const file = copy['file'];
  if (file !== undefined) copy['file'] = `${file as string}`;
  for (const name of ['args', 'envPairs']) {
    const list = copy[name];
    if (isArray(list)) copy[name] = texts(list, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }
  if (copy['cwd'] !== undefined && copy['cwd'] !== null) copy['cwd'] = `${copy['cwd'] as string}`;
  return copy;
}

/** `args` begins with the name that the program is told it has; the program is `file`. */
function about(
  consent: Consent,
  operation: string,
  { file, args, cwd, envPairs }: SpawnOptions,
  lookups: Lookups,
): Question | null {
  if (!consent.asks('subprocess')) return null;
  const folder = typeof cwd === 'string' ? absolute(cwd) : workingFolder();
  const rest = isArray(args) ? args : [];
  const argv = texts(rest, MAX_ARGUMENTS, MAX_LENGTH);
  defineValue(argv, 0, cut(programOf(`${file as string}`, folder, envPairs, lookups), MAX_LENGTH), true);
  const question = commandQuestion(operation, argv, folder);
  return consent.has(question) ? null : question;
}

export function commandQuestion(operation: string, argv: string[], cwd: string | null): Question {
  let target = `${cwd}\0`;
  for (let i = 0; i < argv.length; i++) target += `${argv[i] as string}\0`;
  return { category: 'subprocess', target, parameters: { operation, argv, cwd } };
}

function absolute(folder: string): string {
  return isAbsolute(folder) ? folder : `${workingFolder()}${sep}${folder}`;
}

function texts(values: readonly unknown[], count: number, length: number): string[] {
  const result: string[] = [];
  for (let i = 0; i < values.length && i < count; i++)
    defineValue(result, i, cut(`${values[i] as string}`, length), true);
  return result;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${slice(text, 0, length - 1)}…` : text;
}

function refusalOf(consent: Consent, question: Question): Error | null {
  try {
    consent.require(question);
    return null;
  } catch (error) {
    return error as Error;
  }
}

/** A thread has Node's functions anew, without the gate: it is asked for like a program. */
export function gateThreads(handle: object, consent: Consent): void {
  const prototype = Object.getPrototypeOf(handle) as Record<string, AnyFunction>;
  const original = prototype['startThread'] as AnyFunction;
  prototype['startThread'] = like(original, function (this: unknown, ...given: unknown[]) {
    if (!consent.policy()) return apply(original, this, given);
    consent.require(commandQuestion('worker_threads.Worker', [execPath, 'worker thread'], null));
    return apply(original, this, given);
  });
}
