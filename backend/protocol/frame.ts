import { ProtocolError } from './errors.ts';

/** `u32 headerLength | u32 payloadLength`, little-endian, before every header and payload. Bytes. */
export const PREFIX_BYTES = 8;
/** The largest header: 1 MiB of UTF-8 JSON. */
export const MAX_HEADER_BYTES = 1024 * 1024;
/** The largest payload: 64 MiB of raw bytes. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

/** One message on the wire before its header has been checked against a schema. */
export interface Frame {
  readonly header: unknown;
  readonly payload: Uint8Array;
}

export const NO_PAYLOAD: Uint8Array = new Uint8Array(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The bytes of one frame: first the prefix with the header, then the payload as it was given (not copied).
 * @throws ProtocolError `too_large` when a part exceeds its limit, `malformed` when the header holds NaN or Infinity.
 */
export function encodeFrame(header: object, payload: Uint8Array = NO_PAYLOAD): [Uint8Array, Uint8Array] {
  const json = JSON.stringify(header);
  // What JSON cannot carry has become null. To look at every field takes five times as long as to encode it.
  if (json.includes('null')) JSON.stringify(header, refuseNonFinite);
  const text = encoder.encode(json);
  if (text.length > MAX_HEADER_BYTES) throw tooLarge('header', text.length, MAX_HEADER_BYTES);
  if (payload.length > MAX_PAYLOAD_BYTES) throw tooLarge('payload', payload.length, MAX_PAYLOAD_BYTES);
  const head = new Uint8Array(PREFIX_BYTES + text.length);
  const view = new DataView(head.buffer);
  view.setUint32(0, text.length, true);
  view.setUint32(4, payload.length, true);
  head.set(text, PREFIX_BYTES);
  return [head, payload];
}

/** JSON has no NaN or Infinity: `JSON.stringify` would silently turn them into null. */
function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ProtocolError('malformed', `The header field "${key}" is ${value}, which JSON cannot carry.`);
  }
  return value;
}

function tooLarge(part: string, size: number, limit: number): ProtocolError {
  return new ProtocolError('too_large', `A frame's ${part} of ${size} bytes is over the limit of ${limit} bytes.`);
}

/**
 * Cuts a byte stream into frames. Feed it chunks of any size; it holds at most one incomplete frame.
 * After it has thrown, the stream has no known frame boundary any more: close the connection.
 */
export class FrameDecoder {
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #needed = PREFIX_BYTES;
  #lengths: { header: number; payload: number } | undefined;

  /** Bytes that wait for the rest of their frame. */
  get buffered(): number {
    return this.#buffered;
  }

  /** @throws ProtocolError `too_large` or `malformed`. */
  *push(chunk: Uint8Array): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    while (this.#buffered >= this.#needed) {
      if (!this.#lengths) {
        this.#lengths = readLengths(this.#take(PREFIX_BYTES));
        this.#needed = this.#lengths.header + this.#lengths.payload;
        continue;
      }
      const { header, payload } = this.#lengths;
      const bytes = this.#take(header + payload);
      this.#lengths = undefined;
      this.#needed = PREFIX_BYTES;
      yield { header: parseHeader(bytes.subarray(0, header)), payload: bytes.subarray(header) };
    }
  }

  #take(length: number): Uint8Array {
    const first = this.#chunks[0];
    this.#buffered -= length;
    if (first && first.length >= length) {
      if (first.length === length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(length);
      return first.subarray(0, length);
    }
    const taken = new Uint8Array(length);
    let filled = 0;
    let used = 0;
    for (const chunk of this.#chunks) {
      const part = Math.min(chunk.length, length - filled);
      taken.set(part === chunk.length ? chunk : chunk.subarray(0, part), filled);
      filled += part;
      if (part < chunk.length) {
        this.#chunks[used] = chunk.subarray(part);
        break;
      }
      used++;
      if (filled === length) break;
    }
    this.#chunks.splice(0, used);
    return taken;
  }
}

function readLengths(prefix: Uint8Array): { header: number; payload: number } {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const header = view.getUint32(0, true);
  const payload = view.getUint32(4, true);
  if (header > MAX_HEADER_BYTES) throw tooLarge('header', header, MAX_HEADER_BYTES);
  if (payload > MAX_PAYLOAD_BYTES) throw tooLarge('payload', payload, MAX_PAYLOAD_BYTES);
  return { header, payload };
}

function parseHeader(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new ProtocolError('malformed', `A frame's header is not JSON in UTF-8: ${(error as Error).message}`);
  }
}
