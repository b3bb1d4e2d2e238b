import { constants } from 'node:fs';
import { parse } from 'node:path';
import { apply, defineValue, getPrototypeOf, NativePromise } from '../primordials.ts';
import { type AnyFunction, like } from '../wrap.ts';
import type { Binding } from './bindings.ts';
import type { Question } from './consent.ts';
import { type FileCategory, type PathQuestions, pinned } from './paths.ts';

/** One argument that is a path, and what is done with it. */
interface Touched {
  readonly at: number;
  readonly category: FileCategory;
  /** A link itself is meant. */
  readonly itself?: true;
}

interface Operation {
  readonly first: Touched;
  readonly second?: Touched;
  /** What the first is can be read by the second name. */
  readonly readsFirst?: true;
  /** Which argument has the flags that decide between reading and writing. */
  readonly flagsAt?: number;
  /** Which argument says that links are followed, wherever they lead, without another call. */
  readonly followsAt?: number;
}

const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL } = constants;
const { root } = parse(process.cwd());
const changes: Operation = { first: { at: 0, category: 'write' } };
const changesLink: Operation = { first: { at: 0, category: 'write', itself: true } };
const deletes: Operation = { first: { at: 0, category: 'delete', itself: true } };
const copies: Operation = { first: { at: 0, category: 'read' }, second: { at: 1, category: 'write' } };
const reads: Operation = { first: { at: 0, category: 'read' } };

/**
 * What the functions of Node's `fs` binding do with the paths they get. What they only tell of a file (`stat`, `access`, `readlink`, `realpath`) is not asked
 * for, as in Python. What they do by a file descriptor was asked for when it was opened.
 */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  open: { ...reads, flagsAt: 1 },
  openFileHandle: { ...reads, flagsAt: 1 },
  readFileUtf8: { ...reads, flagsAt: 1 },
  readdir: reads,
  readdirRecursive: reads,
  writeFileUtf8: changes,
  mkdir: changes,
  mkdtemp: changesLink,
  chmod: changes,
  chown: changes,
  lchown: changesLink,
  utimes: changes,
  lutimes: changesLink,
  unlink: deletes,
  rmdir: deletes,
  rmSync: deletes,
  rename: { first: deletes.first, second: { at: 1, category: 'write', itself: true }, readsFirst: true },
  symlink: { first: { at: 1, category: 'write', itself: true } },
  // Another name gives the file itself away: to be read and to be changed, wherever the name is.
  link: { first: { at: 0, category: 'write' }, second: { at: 1, category: 'write', itself: true }, readsFirst: true },
  copyFile: copies,
  cpSyncCheckPaths: copies,
  cpSyncOverrideFile: copies,
  cpSyncCopyDir: { ...copies, followsAt: 3 },
};

/** How the operations are called in user code. */
const NAMES: Readonly<Record<string, string>> = {
  openFileHandle: 'open',
  readFileUtf8: 'readFile',
  readdirRecursive: 'readdir',
  writeFileUtf8: 'writeFile',
  rmSync: 'rm',
  cpSyncCheckPaths: 'cp',
  cpSyncOverrideFile: 'cp',
  cpSyncCopyDir: 'cp',
};

/** Wraps the functions that open, make, change, list and delete files, below `fs`, `fs/promises`, streams and the loaders of modules. */
export function gateFiles(binding: Binding, paths: PathQuestions): void {
  const { consent } = paths;
  const promises = binding['kUsePromises'];
  const callbackRequest = (binding['FSReqCallback'] as AnyFunction & { prototype: object }).prototype;
  const isCallback = (value: unknown): value is { oncomplete(error: unknown): void } =>
    typeof value === 'object' && value !== null && getPrototypeOf(value) === callbackRequest;

  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const original = binding[name];
    // Not in every version of Node.
    if (!original) continue;
    const shown = `fs.${NAMES[name] ?? name}`;
    const gated = like(original, function (this: unknown, ...given: unknown[]) {
      if (!consent.policy()) return apply(original, this, given);
      const { first, second } = operation;
      given[first.at] = pinned(given[first.at]);
      if (second) given[second.at] = pinned(given[second.at]);
      const asked = questions(paths, operation, shown, given);
      if (asked.length === 0) return apply(original, this, given);
      const go = () => apply(original, this, given);

      let request: { oncomplete(error: unknown): void } | undefined;
      let promised = false;
      for (let i = given.length - 1; i > 0 && !request && !promised; i--) {
        if (given[i] === promises) promised = true;
        else if (isCallback(given[i])) request = given[i] as { oncomplete(error: unknown): void };
      }
      if (promised) {
        return new NativePromise((resolve, reject) => consent.requestAll(asked, () => resolve(go()), reject));
      }
      if (request) {
        const { oncomplete } = request;
        consent.requestAll(asked, go, (error) => apply(oncomplete, request, [error]));
        return undefined;
      }
      consent.requireAll(asked);
      return go();
    });
    binding[name] = gated;
  }
}

/** What the arguments alone do not say. */
function judged(shown: string, given: readonly unknown[], at: number): unknown {
  // Node appends six characters: the prefix itself may be the workspace, and what is made beside it.
  return shown === 'fs.mkdtemp' && typeof given[at] === 'string' ? `${given[at]}XXXXXX` : given[at];
}

/** None when it is free. */
function questions(
  paths: PathQuestions,
  { first, second, readsFirst, flagsAt, followsAt }: Operation,
  shown: string,
  given: readonly unknown[],
): readonly Question[] {
  const path = given[first.at];
  if (flagsAt !== undefined) return openQuestions(paths, shown, path, given[flagsAt]);
  if (first === copies.first && second) {
    const follows = followsAt !== undefined && given[followsAt] === true;
    return copyQuestions(paths, shown, path, given[second.at], follows);
  }
  const asked: Question[] = [];
  add(asked, paths.about(first.category, shown, judged(shown, given, first.at), !first.itself));
  if (second) add(asked, paths.about(second.category, shown, given[second.at], !second.itself));
  if (readsFirst && paths.readsToo()) add(asked, paths.about('read', shown, path, !first.itself));
  return asked;
}

/** About opening a file. What flags mean that are no number nobody knows. */
export function openQuestions(paths: PathQuestions, shown: string, path: unknown, given: unknown): readonly Question[] {
  const flags = typeof given === 'number' ? given : O_RDWR;
  const asked: Question[] = [];
  const writing = (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)) !== 0;
  const empty = (flags & O_TRUNC) !== 0 || (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL);
  const both = (flags & (O_WRONLY | O_RDWR)) !== O_WRONLY && !empty && paths.readsToo();
  if (writing) add(asked, paths.about('write', shown, path));
  if (!writing || both || flags !== given) add(asked, paths.about('read', shown, path));
  return asked;
}

/** @param follows links are followed, wherever they lead, without another call */
export function copyQuestions(
  paths: PathQuestions,
  shown: string,
  from: unknown,
  to: unknown,
  follows: boolean,
): readonly Question[] {
  const asked: Question[] = [];
  if (follows) add(asked, paths.about('read', shown, root));
  if (paths.allowsCopy(shown, from, to)) return asked;
  add(asked, paths.about('read', shown, from));
  add(asked, paths.about('write', shown, to));
  return asked;
}

function add(asked: Question[], question: Question | null): void {
  if (question) defineValue(asked, asked.length, question, true);
}
