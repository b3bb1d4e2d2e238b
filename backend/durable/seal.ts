import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PromiseRecord } from './sdk.ts';

/** Of a value's headers. */
const SEAL = 'holdfast-seal';

type Part = 'param' | 'value';
type Value = PromiseRecord['param'] | undefined;

/**
 * What one backend keeps on a server that others use, too, is sealed: who else can write there could make it run code, or answer its questions.
 * Each seal holds for one promise, and for what it was created or settled with.
 */
export class Seal {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  headers(id: string, part: Part, data: string): Record<string, string> {
    return { [SEAL]: this.#of(id, part, data) };
  }

  /** Whether this backend wrote it. */
  holds(id: string, part: Part, value: Value): boolean {
    const given = Buffer.from(value?.headers?.[SEAL] ?? '');
    const right = Buffer.from(this.#of(id, part, value?.data ?? ''));
    return given.length === right.length && timingSafeEqual(given, right);
  }

  #of(id: string, part: Part, data: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify(['holdfast-promise', id, part, data]))
      .digest('hex');
  }
}
