import path from 'node:path';
import { NativeSet, setAdd, setForEach } from '../primordials.ts';
import type { PolicyView } from './policy-view.ts';
import { isBelow } from './real-path.ts';

const { dirname, join, basename, sep } = path;
const { platform, execPath } = process;
const nothing = platform === 'win32' ? '\\\\.\\nul' : '/dev/null';

/**
 * Files that are free to read or to change. Modules are: those in a `node_modules` of the workspace or of a folder that it lies in (Node looks
 * for them there, too), those that come with Node, the worker's own.
 */
export class Places {
  readonly #own: ReadonlySet<string>;
  #policy: PolicyView | null = null;
  #modules = new NativeSet<string>();

  /** @param workerFolder the worker's own files */
  constructor(workerFolder: string) {
    this.#own = new NativeSet([workerFolder, execPath, join(dirname(dirname(execPath)), 'lib', 'node_modules')]);
  }

  isFreeToRead(policy: PolicyView, real: string): boolean {
    if (real === nothing) return true;
    if (policy.readsFree && isBelowAny(policy.roots, real)) return true;
    if (this.#policy !== policy) this.#renew(policy);
    return isBelowAny(this.#modules, real) || isBelowAny(this.#own, real);
  }

  isFreeToChange(policy: PolicyView, real: string): boolean {
    return real === nothing || (policy.writesFree && isBelowAny(policy.roots, real));
  }

  #renew(policy: PolicyView): void {
    const modules = new NativeSet<string>();
    setForEach(policy.roots, (root) => {
      for (let folder = root; ; folder = dirname(folder)) {
        if (basename(folder) !== 'node_modules') setAdd(modules, below(folder, 'node_modules'));
        if (folder === dirname(folder)) return;
      }
    });
    this.#modules = modules;
    this.#policy = policy;
  }
}

/** Not `join`: that goes through an array, whose prototype user code may have changed. */
function below(folder: string, name: string): string {
  return folder[folder.length - 1] === sep ? folder + name : `${folder}${sep}${name}`;
}

function isBelowAny(folders: ReadonlySet<string>, real: string): boolean {
  let found = false;
  setForEach(folders as Set<string>, (folder) => {
    found ||= isBelow(folder, real);
  });
  return found;
}
