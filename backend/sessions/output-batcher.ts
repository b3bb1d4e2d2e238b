import type { Stream } from '../protocol/values.ts';

/** Output that comes faster than this is gathered: a person sees no difference, a flood of one-line writes costs much less. */
const BATCH_MS = 8;
const BATCH_BYTES = 64 * 1024;

type Sink = (stream: Stream, executionId: string | null, bytes: Uint8Array) => void;

/** Gathers small pieces of output. The first after a pause goes through at once; the order of everything is kept. */
export class OutputBatcher {
  readonly #sink: Sink;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #stream: Stream = 'stdout';
  #executionId: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  push(stream: Stream, executionId: string | null, bytes: Uint8Array): void {
    if (stream !== this.#stream || executionId !== this.#executionId) this.flush();
    this.#stream = stream;
    this.#executionId = executionId;
    if (this.#timer === undefined) {
      this.#sink(stream, executionId, bytes);
      this.#timer = setTimeout(() => this.#tick(), BATCH_MS);
      return;
    }
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= BATCH_BYTES) this.flush();
  }

  /** To be called before anything else is told, so that it comes after the output that was before it. */
  flush(): void {
    if (this.#bytes === 0) return;
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#bytes = 0;
    this.#sink(this.#stream, this.#executionId, bytes);
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#bytes === 0) return;
    this.flush();
    this.#timer = setTimeout(() => this.#tick(), BATCH_MS);
  }
}
