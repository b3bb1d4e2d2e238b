import type { MimeParts } from '../../backend/protocol/values.ts';

/** One MIME form of a value. Text is UTF-8, images are their raw bytes. */
export interface Form {
  readonly mime: string;
  readonly data: Uint8Array;
}

/** A value that a program chose to show, or that an execution came to, in all its forms. */
export interface Display {
  /** Unique in the window. */
  readonly key: number;
  /** Characters that had been printed before it; null for the value of the execution. */
  readonly at: number | null;
  readonly forms: readonly Form[];
}

/** Bytes that a window keeps for all executions: the oldest go first. */
export const MAX_DISPLAY_BYTES = 128 * 1024 * 1024;
/** Displays of one execution that are kept: the newest. */
export const MAX_DISPLAYS = 100;

interface Kept {
  readonly executionId: string;
  readonly display: Display;
  readonly bytes: number;
}

/** The rich forms of values, bounded. */
export class Displays {
  /** By key, oldest first. */
  readonly #kept = new Map<number, Kept>();
  /** The keys of each execution, oldest first. */
  readonly #ofExecution = new Map<string, Set<number>>();
  readonly #maxBytes: number;
  #bytes = 0;
  #lastKey = 0;

  constructor(maxBytes = MAX_DISPLAY_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** `payload` holds the parts in a row; nothing of it is kept but copies. */
  add(executionId: string, at: number | null, parts: MimeParts, payload: Uint8Array): void {
    const forms = formsOf(parts, payload);
    const bytes = forms.reduce((sum, { data }) => sum + data.length, 0);
    const key = ++this.#lastKey;
    this.#kept.set(key, { executionId, display: { key, at, forms }, bytes });
    this.#bytes += bytes;
    const keys = this.#ofExecution.get(executionId) ?? new Set();
    this.#ofExecution.set(executionId, keys.add(key));
    if (keys.size > MAX_DISPLAYS) this.#dropFirst(keys);
    while (this.#bytes > this.#maxBytes) this.#dropFirst(this.#kept);
  }

  /** In the order in which they were shown. */
  of(executionId: string): readonly Display[] {
    return [...(this.#ofExecution.get(executionId) ?? [])].flatMap((key) => this.#kept.get(key)?.display ?? []);
  }

  form(executionId: string, key: number, mime: string): Form | undefined {
    const kept = this.#kept.get(key);
    return kept?.executionId === executionId ? kept.display.forms.find((form) => form.mime === mime) : undefined;
  }

  remove(executionIds: readonly string[]): void {
    for (const id of executionIds) for (const key of this.#ofExecution.get(id) ?? []) this.#drop(key);
  }

  #dropFirst(keys: ReadonlyMap<number, unknown> | ReadonlySet<number>): void {
    const [first] = keys.keys();
    if (first !== undefined) this.#drop(first);
  }

  #drop(key: number): void {
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
    const keys = this.#ofExecution.get(kept.executionId);
    keys?.delete(key);
    if (keys?.size === 0) this.#ofExecution.delete(kept.executionId);
  }
}

/** Copies the forms out of a payload, which can be a piece of a larger buffer. */
function formsOf(parts: MimeParts, payload: Uint8Array): Form[] {
  let start = 0;
  return parts.map(({ mime, bytes }) => {
    // A Buffer's own `slice` would not copy, and VS Code carries no Buffer into a page.
    const data = new Uint8Array(payload.subarray(start, start + bytes));
    start += bytes;
    return { mime, data };
  });
}
