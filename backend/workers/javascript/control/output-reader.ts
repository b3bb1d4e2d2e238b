import type { Stream } from '../../../protocol/values.ts';
import { align, type Memory, openMemory, PADDING, RECORD_HEADER, RING_BYTES, readTag, Word } from '../shared/memory.ts';

/** The most text of one `output` message, in bytes. */
const MESSAGE_BYTES = 256 * 1024;

/** Takes what the main thread wrote out of the ring. */
export class OutputReader {
  readonly #memory: Memory;
  readonly #emit: (serial: number, stream: Stream, text: Buffer) => void;
  readonly #congested: () => boolean;
  readonly #batch = Buffer.allocUnsafe(MESSAGE_BYTES + RING_BYTES);
  #filled = 0;
  #tag = 0;

  constructor(
    memory: SharedArrayBuffer,
    emit: (serial: number, stream: Stream, text: Buffer) => void,
    congested: () => boolean,
  ) {
    this.#memory = openMemory(memory);
    this.#emit = emit;
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
        this.#append(
          view.getUint32(offset + 4, true),
          ring.subarray(offset + RECORD_HEADER, offset + RECORD_HEADER + length),
        );
        read = (read + RECORD_HEADER + align(length)) | 0;
      }
      Atomics.store(words, Word.read, read);
      if (this.#filled >= MESSAGE_BYTES) this.#send();
    }
    this.#send();
    Atomics.notify(words, Word.read);
  }

  #append(tag: number, bytes: Uint8Array): void {
    if (tag !== this.#tag) this.#send();
    this.#tag = tag;
    this.#batch.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  #send(): void {
    if (this.#filled === 0) return;
    const { serial, stream } = readTag(this.#tag);
    this.#emit(serial, stream, Buffer.from(this.#batch.subarray(0, this.#filled)));
    this.#filled = 0;
  }
}
