/** `start:`, `end:` or `sync:`, and an execution id or a number. */
const MAX_BODY_BYTES = 70;

export interface SplitterListener {
  bytes(executionId: string | null, bytes: Uint8Array): void;
  /** All bytes of that execution have been passed on. */
  ended(executionId: string): void;
  /** Nothing more is passed on until `resume` is called. */
  sync(number: number): void;
}

/** Finds the worker's markers (see `Hello.marker`) in one of its output streams and says to which execution each byte belongs. */
export class MarkerSplitter {
  readonly #prefix: Buffer;
  readonly #listener: SplitterListener;
  #held: Buffer = Buffer.alloc(0);
  #current: string | null = null;
  #blocked = false;
  #splitting = false;

  constructor(marker: string, listener: SplitterListener) {
    this.#prefix = Buffer.from(`\0\x1e${marker}:`);
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    this.#held = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#split();
  }

  /** Goes on behind a `sync` marker. */
  resume(): void {
    this.#blocked = false;
    this.#split();
  }

  /** The stream has ended: what looked like the beginning of a marker was output after all. */
  flush(): void {
    this.resume();
    this.#emit(this.#held);
    this.#held = Buffer.alloc(0);
  }

  #split(): void {
    // `resume` may be called while a marker is being told of.
    if (this.#splitting) return;
    this.#splitting = true;
    while (!this.#blocked && this.#step());
    this.#splitting = false;
  }

  /** Passes on the bytes up to the next marker, and that marker. @returns whether there may be another. */
  #step(): boolean {
    const rest = this.#held;
    const at = rest.indexOf(this.#prefix);
    if (at < 0) {
      const keep = this.#possiblePrefix(rest);
      // A copy: a slice would keep the whole chunk alive.
      this.#held = Buffer.from(rest.subarray(rest.length - keep));
      this.#emit(rest.subarray(0, rest.length - keep));
      return false;
    }
    const bodyStart = at + this.#prefix.length;
    const bodyEnd = rest.indexOf(0x1e, bodyStart);
    const tooLong = (bodyEnd < 0 ? rest.length : bodyEnd) - bodyStart > MAX_BODY_BYTES;
    if (tooLong) {
      this.#held = rest.subarray(bodyStart);
      this.#emit(rest.subarray(0, bodyStart));
      return true;
    }
    this.#emit(rest.subarray(0, at));
    this.#held = rest.subarray(bodyEnd < 0 ? at : bodyEnd + 1);
    if (bodyEnd < 0) return false;
    this.#mark(rest.toString('latin1', bodyStart, bodyEnd));
    return true;
  }

  #mark(body: string): void {
    const [kind, value = ''] = body.split(':', 2);
    if (kind === 'start') this.#current = value;
    if (kind === 'end') {
      this.#current = null;
      this.#listener.ended(value);
    }
    if (kind === 'sync') {
      this.#blocked = true;
      this.#listener.sync(Number(value));
    }
  }

  #emit(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#listener.bytes(this.#current, bytes);
  }

  /** How many bytes at the end could be the beginning of a marker. */
  #possiblePrefix(bytes: Buffer): number {
    const last = bytes.lastIndexOf(0, bytes.length - 1);
    if (last < 0 || bytes.length - last >= this.#prefix.length) return 0;
    const tail = bytes.subarray(last);
    return tail.equals(this.#prefix.subarray(0, tail.length)) ? tail.length : 0;
  }
}
