import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ProtocolError } from '../../../backend/protocol/errors.ts';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  MAX_HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
  PREFIX_BYTES,
} from '../../../backend/protocol/frame.ts';

function decodeInPieces(bytes: Uint8Array, sizes: readonly number[]): Frame[] {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = Math.max(1, sizes[index % Math.max(1, sizes.length)] ?? bytes.length);
    frames.push(...decoder.push(bytes.subarray(at, at + size)));
    at += size;
  }
  assert.equal(decoder.buffered, 0);
  return frames;
}

function prefix(header: number, payload: number): Buffer {
  const bytes = Buffer.alloc(PREFIX_BYTES);
  bytes.writeUInt32LE(header, 0);
  bytes.writeUInt32LE(payload, 4);
  return bytes;
}

const isProtocolError = (code: string) => (error: unknown) => error instanceof ProtocolError && error.code === code;

describe('framing', () => {
  it('gives back every header and payload, however the bytes are cut', () => {
    const frame = fc.record({
      header: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
      payload: fc.uint8Array(),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 50 })), (frames, sizes) => {
        const bytes = Buffer.concat(frames.flatMap(({ header, payload }) => encodeFrame(header, payload)));
        const decoded = decodeInPieces(bytes, sizes);
        assert.deepEqual(
          decoded.map(({ header, payload }) => ({ header, payload: [...payload] })),
          frames.map(({ header, payload }) => ({
            header: JSON.parse(JSON.stringify(header)) as unknown,
            payload: [...payload],
          })),
        );
      }),
    );
  });

  it('is little-endian: header length, payload length, header, payload', () => {
    const bytes = Buffer.concat(encodeFrame({ a: 1 }, Buffer.from('xyz')));
    assert.equal(bytes.toString('latin1'), '\x07\0\0\0\x03\0\0\0{"a":1}xyz');
  });

  it('refuses a header or a payload over its limit before it reads it', () => {
    assert.throws(() => [...new FrameDecoder().push(prefix(MAX_HEADER_BYTES + 1, 0))], isProtocolError('too_large'));
    assert.throws(() => [...new FrameDecoder().push(prefix(2, MAX_PAYLOAD_BYTES + 1))], isProtocolError('too_large'));
    assert.throws(() => encodeFrame({ text: 'x'.repeat(MAX_HEADER_BYTES) }), isProtocolError('too_large'));
    assert.throws(() => encodeFrame({}, new Uint8Array(MAX_PAYLOAD_BYTES + 1)), isProtocolError('too_large'));
  });

  it('refuses a header that is not JSON in UTF-8', () => {
    for (const header of [Buffer.from('{'), Buffer.from([0x22, 0xff, 0x22]), Buffer.alloc(0)]) {
      assert.throws(
        () => [...new FrameDecoder().push(Buffer.concat([prefix(header.length, 0), header]))],
        isProtocolError('malformed'),
      );
    }
  });

  it('never lets NaN or Infinity reach the JSON', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      assert.throws(() => encodeFrame({ deep: [{ value }] }), isProtocolError('malformed'));
    }
  });
});
