/** `start:` or `end:` and an execution id. */
const MAX_BODY_BYTES = 70;

/** Finds the worker's markers (see `Hello.marker`) in one of its output streams and says to which execution each byte belongs. */
export class MarkerSplitter {
  readonly #prefix: Buffer;
  readonly #onBytes: (executionId: string | null, bytes: Uint8Array) => void;
  readonly #onEnd: (executionId: string) => void;
  #held: Buffer = Buffer.alloc(0);
  #current: string | null = null;

  /** @param onEnd all bytes of that execution have been passed on. */
  constructor(
    marker: string,
    onBytes: (executionId: string | null, bytes: Uint8Array) => void,
    onEnd: (executionId: string) => void,
  ) {
    this.#prefix = Buffer.from(`\0\x1e${marker}:`);
    this.#onBytes = onBytes;
    this.#onEnd = onEnd;
  }

  push(chunk: Buffer): void {
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    for (;;) {
      const at = rest.indexOf(this.#prefix);
      if (at < 0) break;
      const bodyStart = at + this.#prefix.length;
      const bodyEnd = rest.indexOf(0x1e, bodyStart);
      this.#emit(rest.subarray(0, at));
      if (bodyEnd < 0 && rest.length - bodyStart <= MAX_BODY_BYTES) {
        this.#held = rest.subarray(at);
        return;
      }
      if (bodyEnd < 0 || bodyEnd - bodyStart > MAX_BODY_BYTES) {
        this.#emit(this.#prefix);
        rest = rest.subarray(bodyStart);
        continue;
      }
      this.#mark(rest.toString('latin1', bodyStart, bodyEnd));
      rest = rest.subarray(bodyEnd + 1);
    }
    const keep = this.#possiblePrefix(rest);
    this.#emit(rest.subarray(0, rest.length - keep));
    // A copy: a slice would keep the whole chunk alive.
    this.#held = Buffer.from(rest.subarray(rest.length - keep));
  }

  /** The stream has ended: what looked like the beginning of a marker was output after all. */
  flush(): void {
    this.#emit(this.#held);
    this.#held = Buffer.alloc(0);
  }

  #mark(body: string): void {
    const [kind, executionId = ''] = body.split(':', 2);
    if (kind === 'start') this.#current = executionId;
    if (kind !== 'end') return;
    this.#current = null;
    this.#onEnd(executionId);
  }

  #emit(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#onBytes(this.#current, bytes);
  }

  /** How many bytes at the end could be the beginning of a marker. */
  #possiblePrefix(bytes: Buffer): number {
    const last = bytes.lastIndexOf(0, bytes.length - 1);
    if (last < 0 || bytes.length - last >= this.#prefix.length) return 0;
    const tail = bytes.subarray(last);
    return tail.equals(this.#prefix.subarray(0, tail.length)) ? tail.length : 0;
  }
}
