import { HoldfastError } from '../protocol/errors.ts';
import { warn } from './print.ts';

/** What the program's exit code says. */
export const EXIT = { succeeded: 0, failed: 1, usage: 2, lost: 3, cancelled: 130 } as const;

/** Prints why the program could not do what was asked, and ends it: 3 when the backend was lost, else 2. */
export function exitWith(error: unknown): never {
  const known = error instanceof HoldfastError;
  warn(known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(known && error.code === 'closed' ? EXIT.lost : EXIT.usage);
}
