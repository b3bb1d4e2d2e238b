import type { Stream } from '../../../protocol/values.ts';
import { readTag } from '../shared/memory.ts';

/** The most text of one `output` message, in bytes. A record of the ring is smaller. */
const MESSAGE_BYTES = 256 * 1024;
/** Changes between the streams that are kept exactly in one flush. A program that makes more of them gets a message for each stream. */
const EXACT_CHANGES = 16;

export type EmitOutput = (serial: number, stream: Stream, text: Buffer) => void;

interface Batch {
  /** Of the records in it. */
  tag: number;
  filled: number;
  readonly bytes: Buffer;
}

/** Gathers records into messages, one batch for each stream. The order within a stream is exact. */
export class OutputBatches {
  readonly #emit: EmitOutput;
  /** The one that was begun first comes first. */
  readonly #batches: readonly [Batch, Batch] = [newBatch(), newBatch()];
  #changes = 0;

  constructor(emit: EmitOutput) {
    this.#emit = emit;
  }

  add(tag: number, bytes: Uint8Array): void {
    let batch = this.#batchOf(tag);
    if (!batch || batch.filled + bytes.length > MESSAGE_BYTES) {
      this.#send();
      batch = this.#batches[0];
    }
    batch.tag = tag;
    batch.bytes.set(bytes, batch.filled);
    batch.filled += bytes.length;
  }

  /** Emits everything. */
  flush(): void {
    this.#send();
    this.#changes = 0;
  }

  /** Null when what has been gathered must be emitted first. */
  #batchOf(tag: number): Batch | null {
    const [first, second] = this.#batches;
    if (first.filled === 0 || first.tag === tag) return first;
    if (second.filled > 0) return second.tag === tag ? second : null;
    const sameStream = readTag(first.tag).stream === readTag(tag).stream;
    return sameStream || this.#changes++ < EXACT_CHANGES ? null : second;
  }

  #send(): void {
    for (const batch of this.#batches) {
      if (batch.filled === 0) continue;
      const { serial, stream } = readTag(batch.tag);
      this.#emit(serial, stream, Buffer.from(batch.bytes.subarray(0, batch.filled)));
      batch.filled = 0;
    }
  }
}

function newBatch(): Batch {
  return { tag: 0, filled: 0, bytes: Buffer.allocUnsafe(MESSAGE_BYTES) };
}
