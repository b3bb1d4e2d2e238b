import { readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where a path leads in truth. */
export interface TouchedPath {
  /** Absolute and real: no link, no `..`. What does not exist yet is below the real path of what does. */
  readonly real: string;
  /** It is no file or folder: a device, a pipe, a socket. */
  readonly special: boolean;
}

const MAX_LINKS = 40;

/** Follows links as the system would. What cannot be looked at is taken as it is written, `..` taken out. */
export async function touchedPath(given: string): Promise<TouchedPath> {
  const problem = process.platform === 'win32' ? windowsTrick(given) : null;
  if (problem) return { real: path.win32.normalize(given), special: true };
  const real = await followed(path.resolve(given), MAX_LINKS);
  const found = await stat(real).catch(() => undefined);
  return { real, special: found !== undefined && !found.isFile() && !found.isDirectory() };
}

/** A link that leads nowhere yet makes a file where it points to. */
async function followed(file: string, left: number): Promise<string> {
  let ancestor = file;
  let rest = '';
  while (left > 0) {
    const real = await realpath(ancestor).catch(() => undefined);
    if (real !== undefined) return path.join(real, rest);
    const target = await readlink(ancestor).catch(() => undefined);
    if (target !== undefined) {
      const pointed = path.resolve(path.dirname(ancestor), target, rest);
      return followed(pointed, left - 1);
    }
    const parent = path.dirname(ancestor);
    if (parent === ancestor) break;
    rest = path.join(path.basename(ancestor), rest);
    ancestor = parent;
  }
  return file;
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
