import { constants } from 'node:fs';
import { parse } from 'node:path';
import { apply, getPrototypeOf, NativePromise } from '../primordials.ts';
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
  cpSyncCopyDir: copies,
};
/** Of `cpSyncCopyDir`: links are followed, wherever they lead, without another call. */
const DEREFERENCE_AT = 3;

/** How the operations are called in user code. */
const NAMES: Readonly<Record<string, string>> = {
  openFileHandle: 'open',
  readFileUtf8: 'readFile',
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
      const { one, other, last } = questions(paths, operation, shown, given);
      const elsewhere = name === 'cpSyncCopyDir' && given[DEREFERENCE_AT] === true && paths.about('read', shown, root);
      if (elsewhere) consent.require(elsewhere);
      if (!one && !other && !last) return apply(original, this, given);
      const go = () => apply(original, this, given);

      let request: { oncomplete(error: unknown): void } | undefined;
      let promised = false;
      for (let i = given.length - 1; i > 0 && !request && !promised; i--) {
        if (given[i] === promises) promised = true;
        else if (isCallback(given[i])) request = given[i] as { oncomplete(error: unknown): void };
      }
      if (promised) {
        return new NativePromise((resolve, reject) => {
          all(
            one,
            other,
            last,
            () => {
              try {
                resolve(go());
              } catch (error) {
                reject(error);
              }
            },
            reject,
          );
        });
      }
      if (request) {
        const { oncomplete } = request;
        const failed = (error: unknown) => apply(oncomplete, request, [error]);
        all(
          one,
          other,
          last,
          () => {
            try {
              go();
            } catch (error) {
              failed(error);
            }
          },
          failed,
        );
        return undefined;
      }
      if (one) consent.require(one);
      if (other) consent.require(other);
      if (last) consent.require(last);
      return go();
    });
    binding[name] = gated;
  }

  function all(
    one: Question | null,
    other: Question | null,
    last: Question | null,
    allowed: () => void,
    refused: (error: Error) => void,
  ) {
    const end = () => (last ? consent.request(last, allowed, refused) : allowed());
    const next = () => (other ? consent.request(other, end, refused) : end());
    if (one) consent.request(one, next, refused);
    else next();
  }
}

interface Questions {
  readonly one: Question | null;
  readonly other: Question | null;
  readonly last: Question | null;
}

/** What the arguments alone do not say. */
function judged(shown: string, given: readonly unknown[], at: number): unknown {
  // Node appends six characters: the prefix itself may be the workspace, and what is made beside it.
  return shown === 'fs.mkdtemp' && typeof given[at] === 'string' ? `${given[at]}XXXXXX` : given[at];
}

function questions(
  paths: PathQuestions,
  { first, second, readsFirst, flagsAt }: Operation,
  shown: string,
  given: readonly unknown[],
): Questions {
  const path = given[first.at];
  if (flagsAt === undefined) {
    const one = paths.about(first.category, shown, judged(shown, given, first.at), !first.itself);
    const other = second ? paths.about(second.category, shown, given[second.at], !second.itself) : null;
    const last = readsFirst && paths.readsToo() ? paths.about('read', shown, path, !first.itself) : null;
    return { one, other, last };
  }
  const flags = given[flagsAt] as number;
  if (typeof flags !== 'number') {
    return { one: paths.about('write', shown, path), other: paths.about('read', shown, path), last: null };
  }
  const writing = (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)) !== 0;
  if (!writing) return { one: paths.about('read', shown, path), other: null, last: null };
  const empty = (flags & O_TRUNC) !== 0 || (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL);
  const both = (flags & (O_WRONLY | O_RDWR)) !== O_WRONLY && !empty && paths.readsToo();
  return { one: paths.about('write', shown, path), other: both ? paths.about('read', shown, path) : null, last: null };
}
