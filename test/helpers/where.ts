import type { AsyncFunc, Func } from 'mocha';

type Define = (title: string, run: Func | AsyncFunc) => void;

/** `it` where the test can run; elsewhere it is skipped, and its name says why. @param why behind the name */
export function where(possible: boolean, why: string): Define {
  return possible ? (title, run) => void it(title, run) : (title, run) => void it.skip(`${title} (${why})`, run);
}

export const posix = where(process.platform !== 'win32', 'not on Windows');
export const linux = where(process.platform === 'linux', 'on Linux only');
