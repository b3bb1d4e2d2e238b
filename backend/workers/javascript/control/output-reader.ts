import { align, type Memory, openMemory, PADDING, RECORD_HEADER, RING_BYTES, Word } from '../shared/memory.ts';
import { type EmitOutput, OutputBatches } from './output-batches.ts';

/** Takes what the main thread wrote out of the ring. */
export class OutputReader {
  readonly #memory: Memory;
  readonly #batches: OutputBatches;
  readonly #congested: () => boolean;

  constructor(memory: SharedArrayBuffer, emit: EmitOutput, congested: () => boolean) {
    this.#memory = openMemory(memory);
    this.#batches = new OutputBatches(emit);
    this.#congested = congested;
  }

  /** Position up to which the main thread has written. A write after this call sends a new `wake`. */
  written(): number {
    Atomics.store(this.#memory.words, Word.woken, 0);
    return Atomics.load(this.#memory.words, Word.written);
  }

  /** Takes what is before a position as long as the connection has room: what stays in the ring blocks the one who prints. */
  takeSome(position: number): void {
    this.#take((read) => ((position - read) | 0) > 0 && !this.#congested());
  }

  /** Takes everything before a position, room or not: it precedes a message. At most the ring's size. */
  takeUntil(position: number): void {
    this.#take((read) => ((position - read) | 0) > 0);
  }

  #take(wanted: (read: number) => boolean): void {
    const { words, ring, view } = this.#memory;
    let read = Atomics.load(words, Word.read);
    while (((Atomics.load(words, Word.written) - read) | 0) > 0 && wanted(read)) {
      const offset = (read >>> 0) & (RING_BYTES - 1);
      const length = view.getUint32(offset, true);
      if (length === PADDING) {
        read = (read + RING_BYTES - offset) | 0;
      } else {
        this.#batches.add(
          view.getUint32(offset + 4, true),
          ring.subarray(offset + RECORD_HEADER, offset + RECORD_HEADER + length),
        );
        read = (read + RECORD_HEADER + align(length)) | 0;
      }
      Atomics.store(words, Word.read, read);
    }
    this.#batches.flush();
    Atomics.notify(words, Word.read);
  }
}
