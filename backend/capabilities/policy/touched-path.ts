import type { Stats } from 'node:fs';
import { readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where a path leads in truth. */
export interface TouchedPath {
  /** Absolute and real: no link, no `..`. What does not exist yet is below the real path of what does. */
  readonly real: string;
  /** It is no file or folder: a device, a pipe, a socket. */
  readonly special: boolean;
  /** It is a folder that is there. */
  readonly folder: boolean;
}

const MAX_LINKS = 40;
const nothing = () => undefined;

/** Follows links and `..` as the system would, name by name. What cannot be looked at is taken as it is written. */
export async function touchedPath(given: string): Promise<TouchedPath> {
  if (process.platform === 'win32') return touchedOnWindows(given);
  // What is there is mostly what is asked about, and the system follows all of it in one step.
  const [there, kind] = await Promise.all([realpath(given).catch(nothing), stat(given).catch(nothing)]);
  if (there !== undefined && kind) return touched(there, kind);
  const { real, endless } = await walk(given);
  const found = touched(real, await stat(real).catch(nothing));
  return endless ? { ...found, special: true } : found;
}

function touched(real: string, kind: Stats | undefined): TouchedPath {
  const folder = kind?.isDirectory() === true;
  return { real, special: kind !== undefined && !kind.isFile() && !folder, folder };
}

/** A link that leads nowhere yet counts as where it points to: writing it makes that file. */
async function walk(given: string): Promise<{ real: string; endless: boolean }> {
  const names = path.isAbsolute(given) ? given.split('/') : [...process.cwd().split('/'), ...given.split('/')];
  let real = '/';
  let links = 0;
  while (names.length > 0) {
    const name = names.shift() as string;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      real = path.dirname(real);
      continue;
    }
    const next = path.join(real, name);
    const target = await readlink(next).catch(() => undefined);
    if (target === undefined) {
      real = next;
      continue;
    }
    if (++links > MAX_LINKS) return { real: next, endless: true };
    if (path.isAbsolute(target)) real = '/';
    names.unshift(...target.split('/'));
  }
  return { real, endless: false };
}

/** There `..` is taken out before links are followed: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file */
async function touchedOnWindows(given: string): Promise<TouchedPath> {
  const plain = path.resolve(given);
  if (windowsTrick(given)) return { real: plain, special: true, folder: false };
  let rest = '';
  for (let ancestor = plain; ; ancestor = path.dirname(ancestor)) {
    const real = await realpath(ancestor).catch(() => undefined);
    if (real !== undefined)
      return touched(path.join(real, rest), rest === '' ? await stat(real).catch(nothing) : undefined);
    if (path.dirname(ancestor) === ancestor) return touched(plain, undefined);
    rest = path.join(path.basename(ancestor), rest);
  }
}

const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;

/**
 * What Windows takes a path for that is more than a file below a drive: null when it is none of these.
 * https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
 */
export function windowsTrick(given: string): string | null {
  const text = given.replaceAll('/', '\\');
  if (/^\\\\[.?]\\/.test(text) || /^\\\?\?\\/.test(text)) return 'a device path';
  if (/^\\\\/.test(text)) return 'a share on another machine';
  if (/^[a-z]:(?!\\)/i.test(text)) return 'a path that depends on the current folder of a drive';
  if (text.slice(2).includes(':')) return 'an alternate data stream';
  const parts = text.split('\\');
  if (parts.some((part) => RESERVED.test(part.trim()))) return 'a device name';
  if (parts.some((part) => /[. ]$/.test(part) && !/^\.{1,2}$/.test(part))) return 'a name whose end Windows drops';
  return null;
}

/** Whether a real path is a folder or lies below it. */
export function isBelow(folder: string, real: string): boolean {
  if (real === folder) return true;
  return real.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}
