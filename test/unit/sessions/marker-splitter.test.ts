import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MarkerSplitter } from '../../../backend/sessions/marker-splitter.ts';

const MARKER = '0123456789abcdef0123456789abcdef';
const mark = (body: string) => `\0\x1e${MARKER}:${body}\x1e`;

function split(bytes: Buffer, size: number): { text: Map<string | null, string>; ends: string[]; order: string[] } {
  const parts = new Map<string | null, Buffer[]>();
  const ends: string[] = [];
  const order: string[] = [];
  const splitter: MarkerSplitter = new MarkerSplitter(MARKER, {
    bytes: (id, chunk) => {
      parts.set(id, [...(parts.get(id) ?? []), Buffer.from(chunk)]);
      if (order.at(-1) !== `bytes ${id}`) order.push(`bytes ${id}`);
    },
    ended: (id) => {
      ends.push(id);
      order.push(`end ${id}`);
    },
    sync: (number) => {
      order.push(`sync ${number}`);
      waiting.push(() => splitter.resume());
    },
  });
  const waiting: (() => void)[] = [];
  for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
  for (let next = waiting.shift(); next; next = waiting.shift()) next();
  splitter.flush();
  return {
    text: new Map([...parts].map(([id, chunks]) => [id, Buffer.concat(chunks).toString('latin1')])),
    ends,
    order,
  };
}

describe('the marker splitter', () => {
  const stream = Buffer.from(
    `early${mark('start:a')}of a${mark('end:a')}between${mark('start:b')}${mark('end:b')}late`,
    'latin1',
  );

  for (const size of [1, 2, 7, 1000]) {
    it(`tells whose bytes they are, in chunks of ${size}`, () => {
      const { text, ends, order } = split(stream, size);
      assert.deepEqual(Object.fromEntries(text), { null: 'earlybetweenlate', a: 'of a' });
      assert.deepEqual(ends, ['a', 'b']);
      assert.deepEqual(order, ['bytes null', 'bytes a', 'end a', 'bytes null', 'end b', 'bytes null']);
    });
  }

  it('passes nothing on behind a sync marker until it is told to go on', () => {
    const { text, order } = split(Buffer.from(`a${mark('sync:1')}b${mark('sync:2')}c`, 'latin1'), 1000);
    assert.deepEqual(order, ['bytes null', 'sync 1', 'bytes null', 'sync 2', 'bytes null']);
    assert.equal(text.get(null), 'abc');
  });

  it('loses and changes no byte of a program, even of one that writes beginnings of markers', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc.integer({ min: 0, max: 36 }).map((length) => Buffer.from(mark('x').slice(0, length), 'latin1')),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 40 }), (pieces, size) => {
        const bytes = Buffer.concat(pieces);
        fc.pre(!bytes.includes(mark('').slice(0, -1)));
        assert.equal(split(bytes, size).text.get(null) ?? '', bytes.toString('latin1'));
      }),
    );
  });

  it('keeps a bounded number of bytes when a marker never ends', () => {
    const { text } = split(Buffer.from(`${mark('').slice(0, -1)}${'x'.repeat(10_000)}`, 'latin1'), 100);
    assert.equal(text.get(null)?.length, mark('').length - 1 + 10_000);
  });
});
