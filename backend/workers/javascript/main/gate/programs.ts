import path from 'node:path';
import { isArray, slice, startsWith } from '../primordials.ts';

const { platform, env } = process;
const { isAbsolute, sep, dirname, basename } = path;
const VARIABLE = 'PATH=';
/** As `execvp` has it. */
const DEFAULT_PATH = '/bin:/usr/bin';

/** What is needed to find a program. */
export interface Lookups {
  executable(file: string): boolean;
  realPath(given: string, follow: boolean): string;
}

/**
 * The program that a command starts, by its absolute path; as it is called when none is found. On Windows it is not looked for.
 * @param folder absolute, in which the program begins @param envPairs `NAME=value` each
 */
export function programOf(called: string, folder: string, envPairs: unknown, lookups: Lookups): string {
  if (platform === 'win32') return called;
  let rest = called.includes(sep) ? '' : searchPath(envPairs);
  for (;;) {
    const end = indexOf(rest, ':');
    const place = slice(rest, 0, end);
    const candidate = absolute(place === '' ? called : `${place}${sep}${called}`, folder);
    if (lookups.executable(candidate))
      return `${below(lookups.realPath(dirname(candidate), true))}${basename(candidate)}`;
    if (end === rest.length) return called;
    rest = slice(rest, end + 1);
  }
}

function searchPath(envPairs: unknown): string {
  if (!isArray(envPairs)) return env['PATH'] ?? DEFAULT_PATH;
  for (let i = 0; i < envPairs.length; i++) {
    const pair = `${envPairs[i] as string}`;
    if (startsWith(pair, VARIABLE)) return slice(pair, VARIABLE.length);
  }
  return DEFAULT_PATH;
}

function indexOf(text: string, character: string): number {
  for (let i = 0; i < text.length; i++) if (text[i] === character) return i;
  return text.length;
}

function absolute(file: string, folder: string): string {
  return isAbsolute(file) ? file : `${below(folder)}${file}`;
}

function below(folder: string): string {
  return folder[folder.length - 1] === sep ? folder : `${folder}${sep}`;
}
