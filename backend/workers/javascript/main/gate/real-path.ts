import fs from 'node:fs';
import path from 'node:path';
import { apply, lastIndexOf, NativeError, slice, startsWith } from '../primordials.ts';
import type { AnyFunction } from '../wrap.ts';
import type { Binding } from './bindings.ts';

/** As many links as Linux follows. */
const MAX_LINKS = 40;
const { isAbsolute, sep, parse } = path;
const { X_OK } = fs.constants;
const { cwd } = process;

export type RealPath = (given: string, follow: boolean) => string;

export function isBelow(folder: string, real: string): boolean {
  if (!startsWith(real, folder)) return false;
  return real.length === folder.length || folder[folder.length - 1] === sep || real[folder.length] === sep;
}

/**
 * Finds where a path leads in truth: links followed, `..` taken out as the system does it. What does not exist yet is below the real path of
 * what does; a link that leads nowhere is where it points to. With `follow` off the last part is taken as it is: deleting a link deletes the link.
 */
export function realPathFinder(binding: Binding): RealPath {
  const look = stableLookups(binding);
  const absolute = (given: string) => (isAbsolute(given) ? given : `${cwd()}${sep}${given}`);

  const find = (given: string, follow: boolean, links: number): string => {
    if (follow) {
      const real = look.realpath(given);
      if (real !== null) return real;
    }
    const whole = trimmed(given);
    const { root } = parse(whole);
    if (whole.length <= root.length) return whole;
    const cut = lastIndexOf(whole, sep);
    const base = slice(whole, cut + 1);
    const above = slice(whole, 0, cut < root.length ? root.length : cut);
    const parent = find(above, true, links);
    if (base === '' || base === '.') return parent;
    if (base === '..') return parentOf(parent);
    const here = parent[parent.length - 1] === sep ? parent + base : `${parent}${sep}${base}`;
    const pointed = follow && links > 0 ? look.readlink(here) : null;
    if (pointed === null) return here;
    return find(isAbsolute(pointed) ? pointed : `${parent}${sep}${pointed}`, true, links - 1);
  };
  return (given, follow) => find(absolute(given), follow, MAX_LINKS);
}

function trimmed(given: string): string {
  const { root } = parse(given);
  let end = given.length;
  while (end > root.length && given[end - 1] === sep) end--;
  return slice(given, 0, end);
}

function parentOf(real: string): string {
  const { root } = parse(real);
  const cut = lastIndexOf(real, sep);
  return cut < root.length ? root : slice(real, 0, cut);
}

/** Tells whether a file is there that can be started. */
export function executableFinder(binding: Binding): (file: string) => boolean {
  const access = stable(binding, 'access', () => fs.accessSync(sep, X_OK), X_OK);
  return (file) => access(file) !== null;
}

/**
 * A function of Node's itself, called with as many arguments as Node calls them with: that differs between its versions, and a wrong number
 * ends the process. User code can replace the property it is in, not this. Gives null when it fails.
 */
function stable(
  binding: Binding,
  name: string,
  call: () => void,
  second: unknown,
): (given: string) => { readonly found: unknown } | null {
  const original = binding[name] as AnyFunction;
  let seen: readonly unknown[] | undefined;
  binding[name] = function (this: unknown, ...given: unknown[]) {
    seen = given;
    return apply(original, this, given);
  };
  try {
    call();
  } catch {
    // It is no link: the arguments are what is wanted.
  }
  binding[name] = original;
  if (!seen) throw new NativeError(`Node does not call ${name}.`);
  const count = seen.length;
  const withContext = count >= 4;
  return (given) => {
    const context = { __proto__: null } as { errno?: number };
    try {
      const found = withContext
        ? apply(original, binding, [given, second, undefined, context])
        : apply(original, binding, [given, second]);
      return context.errno === undefined ? { found } : null;
    } catch {
      // It does not exist, or cannot be looked at.
      return null;
    }
  };
}

function stableLookups(binding: Binding) {
  const text = (look: ReturnType<typeof stable>) => (given: string) => {
    const found = look(given)?.found;
    return typeof found === 'string' ? found : null;
  };
  return {
    realpath: text(stable(binding, 'realpath', () => fs.realpathSync.native(sep), 'utf8')),
    readlink: text(stable(binding, 'readlink', () => fs.readlinkSync(sep), 'utf8')),
  };
}
