import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slice, typedArrayName, uncurry } from '../primordials.ts';
import type { Consent, Question } from './consent.ts';
import type { Places } from './places.ts';
import type { RealPath } from './real-path.ts';

export type FileCategory = 'read' | 'write' | 'delete' | 'native';

const { from, isBuffer, compare } = Buffer;
const bufferToString = uncurry(Buffer.prototype.toString as (this: Buffer, encoding: BufferEncoding) => string);
const NativeURL = URL;
const toPath = fileURLToPath;
const { cwd } = process;

/** Asks for files and folders. */
export class PathQuestions {
  readonly consent: Consent;
  readonly #places: Places;
  readonly #realPath: RealPath;

  constructor(consent: Consent, places: Places, realPath: RealPath) {
    this.consent = consent;
    this.#places = places;
    this.#realPath = realPath;
  }

  /** Where a pinned path leads. What is no text leads nowhere. */
  real(given: unknown, follow: boolean): string {
    return typeof given === 'string' ? this.#realPath(given, follow) : '\0';
  }

  /** Whoever may change a file may read it, unless something forbids to read, or changing was not asked for. */
  readsToo(): boolean {
    return this.consent.policy()?.readsFree === false || !this.consent.asks('write');
  }

  /**
   * Null when it is free.
   * @param given a path that has been pinned @param follow false: a link itself is meant, not what it points to
   */
  about(category: FileCategory, operation: string, given: unknown, follow = true): Question | null {
    const policy = this.consent.policy();
    if (!policy || !this.consent.asks(category)) return null;
    if (typeof given !== 'string') return typeof given === 'number' ? null : unreadable(category, operation, given);
    const real = this.#realPath(given, follow);
    if (category === 'read' && this.#places.isFreeToRead(policy, real)) return null;
    if ((category === 'write' || category === 'delete') && this.#places.isFreeToChange(policy, real)) return null;
    if (this.consent.allowances.covers(operation, real)) return null;
    const question = { category, target: real, parameters: { operation, path: real } };
    return this.consent.has(question) ? null : question;
  }

  /** Whether it belongs to the copying of a folder that was allowed. */
  allowsCopy(operation: string, from: unknown, to: unknown): boolean {
    return this.consent.allowances.coversCopy(operation, this.real(from, true), this.real(to, true));
  }
}

/** Bytes that are no text: nothing that can be told by its name is free, or remembered. */
function unreadable(category: FileCategory, operation: string, given: unknown): Question {
  const path = isBuffer(given) ? bufferToString(given, 'latin1') : '?';
  const shown = slice(`${cwd()}${sep}${path}`, 0, 4000);
  return { category, target: `${path}\0`, parameters: { operation, path: shown } };
}

/**
 * A path as it will stay: user code can change the bytes, and what `toString` or a getter gives, between the question and the operation.
 * File descriptors stay numbers.
 */
export function pinned(given: unknown): unknown {
  if (typeof given === 'string' || typeof given === 'number' || given === undefined || given === null) return given;
  if (given instanceof NativeURL) return toPath(`${given.href}`);
  if (typedArrayName(given) === 'Uint8Array') {
    const bytes = from(given as Uint8Array);
    const text = bufferToString(bytes, 'utf8');
    return compare(from(text, 'utf8'), bytes) === 0 ? text : bytes;
  }
  return `${given as string}`;
}
