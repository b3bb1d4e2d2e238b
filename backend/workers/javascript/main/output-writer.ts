import { Writable } from 'node:stream';
import type { Stream } from '../../../protocol/values.ts';
import { align, PADDING, RECORD_HEADER, RING_BYTES, tagOf, Word } from '../shared/memory.ts';
import type { Link } from './link.ts';
import { charCodeAt, exchange, load, slice, store, uncurry, wait } from './primordials.ts';

/** Characters in one record: at most three bytes each, so a record takes a small part of the ring. */
const RECORD_CHARS = 16 * 1024;

/** `latin1`: one character for each byte, whatever bytes they are. */
type Encoding = 'utf8' | 'latin1';

const encodeInto = uncurry(
  Buffer.prototype.write as (this: Buffer, text: string, offset: number, length: number, encoding: Encoding) => number,
);
const latin1Slice = uncurry(Buffer.prototype.latin1Slice);
const setUint32 = uncurry(DataView.prototype.setUint32);

/** Writes text to the ring. A full ring blocks the one who prints until the control thread has made room. */
export class OutputWriter {
  readonly #link: Link;
  readonly #bytes: Buffer;

  constructor(link: Link) {
    this.#link = link;
    const { ring } = link.memory;
    this.#bytes = Buffer.from(ring.buffer, ring.byteOffset, ring.byteLength);
  }

  /** Bytes come out as they are, text or not. */
  writeBytes(stream: Stream, bytes: Buffer): void {
    const tag = tagOf(this.#link.owner(), stream);
    const { length } = bytes;
    for (let from = 0, to = 0; from < length; from = to) {
      to = from + RECORD_CHARS < length ? from + RECORD_CHARS : length;
      this.#record(tag, latin1Slice(bytes, from, to), 'latin1');
    }
  }

  write(stream: Stream, text: string): void {
    const tag = tagOf(this.#link.owner(), stream);
    for (let from = 0; from < text.length; ) {
      let to = from + RECORD_CHARS;
      if (to < text.length && isHighSurrogate(charCodeAt(text, to - 1))) to--;
      this.#record(tag, text.length <= RECORD_CHARS ? text : slice(text, from, to), 'utf8');
      from = to;
    }
  }

  #record(tag: number, text: string, encoding: Encoding): void {
    const { words, view } = this.#link.memory;
    const most = align(text.length * 3);
    let written = load(words, Word.written);
    let offset = (written >>> 0) & (RING_BYTES - 1);
    if (RING_BYTES - offset < RECORD_HEADER + most) {
      this.#reserve(written, RING_BYTES - offset);
      setUint32(view, offset, PADDING, true);
      written = (written + RING_BYTES - offset) | 0;
      store(words, Word.written, written);
      offset = 0;
    }
    this.#reserve(written, RECORD_HEADER + most);
    const length = encodeInto(this.#bytes, text, offset + RECORD_HEADER, most, encoding);
    setUint32(view, offset, length, true);
    setUint32(view, offset + 4, tag, true);
    // Published only now: a writer that is terminated half-way leaves nothing behind.
    store(words, Word.written, (written + RECORD_HEADER + align(length)) | 0);
    if (exchange(words, Word.woken, 1) === 0) this.#link.send({ kind: 'wake' });
  }

  #reserve(written: number, bytes: number): void {
    const { words } = this.#link.memory;
    for (;;) {
      const read = load(words, Word.read);
      if (RING_BYTES - ((written - read) >>> 0) >= bytes) return;
      if (exchange(words, Word.woken, 1) === 0) this.#link.send({ kind: 'wake' });
      wait(words, Word.read, read);
    }
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

type Callback = (error?: Error | null) => void;

/** What `process.stdout` and `process.stderr` are: streams that take everything at once, so nothing is left to flush. */
export class OutputStream extends Writable {
  readonly fd: number;
  readonly #writer: OutputWriter;
  readonly #stream: Stream;

  constructor(writer: OutputWriter, stream: Stream) {
    super({ decodeStrings: false });
    this.#writer = writer;
    this.#stream = stream;
    this.fd = stream === 'stdout' ? 1 : 2;
  }

  override write(chunk: unknown, encoding?: BufferEncoding | Callback, callback?: Callback): boolean {
    if (typeof chunk !== 'string' || (typeof encoding === 'string' && !isUtf8(encoding))) {
      return super.write(chunk, encoding as BufferEncoding, callback);
    }
    this.#writer.write(this.#stream, chunk);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done, null);
    return true;
  }

  override _write(chunk: string | Buffer, encoding: BufferEncoding, callback: Callback): void {
    this.#writer.writeBytes(this.#stream, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    callback();
  }

  /** The real ones cannot be ended either: the session goes on. */
  override end(chunk?: unknown, encoding?: BufferEncoding | Callback, callback?: Callback): this {
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') this.write(chunk, encoding, callback);
    return this;
  }
}

function isUtf8(encoding: string): boolean {
  return encoding === 'utf8' || encoding === 'utf-8';
}
