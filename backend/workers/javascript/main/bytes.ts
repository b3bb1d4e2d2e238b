import { types } from 'node:util';
import { NativeTypeError, uncurry } from './primordials.ts';

// Taken before user code can replace them.
const NativeDecoder = TextDecoder;
const decodeWith = uncurry(
  TextDecoder.prototype.decode as (this: InstanceType<typeof TextDecoder>, bytes: Uint8Array) => string,
);
const encoder = new TextEncoder();
const encodeWith = uncurry(TextEncoder.prototype.encode);
const subarray = uncurry(
  Uint8Array.prototype.subarray as (this: Uint8Array, start: number, end?: number) => Uint8Array,
);
const copy = uncurry(Uint8Array.prototype.slice as (this: Uint8Array) => Uint8Array);
const { isAnyArrayBuffer, isArrayBufferView } = types;
const NativeBytes = Uint8Array;
const parse = JSON.parse;

/** UTF-8 for a text, the bytes themselves for what holds bytes. @throws TypeError */
export function bytesOf(content: unknown, what: string): Uint8Array {
  if (typeof content === 'string') return encodeWith(encoder, content);
  if (isArrayBufferView(content)) return copy(new NativeBytes(content.buffer, content.byteOffset, content.byteLength));
  if (isAnyArrayBuffer(content)) return copy(new NativeBytes(content));
  throw new NativeTypeError(`${what} is a text or bytes, not ${content === null ? 'null' : typeof content}.`);
}

/** As it is: a byte order mark stays. @throws RangeError for an encoding that nobody knows */
export function decode(bytes: Uint8Array, encoding: string, start = 0, end?: number): string {
  return decodeWith(new NativeDecoder(encoding, { ignoreBOM: true }), subarray(bytes, start, end));
}

export function jsonParse(bytes: Uint8Array): unknown {
  return parse(decode(bytes, 'utf-8'));
}
