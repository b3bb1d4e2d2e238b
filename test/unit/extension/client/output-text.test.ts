import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  HEAD_CHARACTERS,
  OutputText,
  type Segment,
  TAIL_CHARACTERS,
} from '../../../../extension/client/output-text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (segments: readonly Segment[]) => segments.map(({ text }) => text).join('');

describe('the output that a window keeps', () => {
  it('joins what one stream wrote and keeps the order of two', () => {
    const output = new OutputText();
    for (const [stream, text] of [
      ['stdout', 'a'],
      ['stdout', 'b'],
      ['stderr', 'c'],
      ['stdout', 'd'],
    ] as const) {
      output.append(stream, bytes(text));
    }
    assert.deepEqual(output.kept(), {
      head: [
        { stream: 'stdout', text: 'ab' },
        { stream: 'stderr', text: 'c' },
        { stream: 'stdout', text: 'd' },
      ],
      cut: 0,
      tail: [],
    });
    assert.equal(textOf(output.excerpt(2, { head: 10, tail: 10 }).head), 'cd');
  });

  it('counts what did not come, and joins nothing over it', () => {
    const output = new OutputText();
    output.append('stdout', bytes('a'.repeat(HEAD_CHARACTERS)));
    output.append('stdout', bytes('before'));
    output.skip(1000);
    output.append('stdout', bytes('after'));
    const { head, cut, tail } = output.kept();
    assert.deepEqual([textOf(head).length, cut, textOf(tail)], [HEAD_CHARACTERS, 1006, 'after']);
    assert.equal(output.end(100), 'after');
  });

  it('decodes characters that come in pieces', () => {
    const output = new OutputText();
    for (const byte of bytes('né → 👋')) output.append('stdout', Uint8Array.of(byte));
    assert.equal(output.end(100), 'né → 👋');
  });

  it('keeps the beginning and the end of any amount of text', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const output = new OutputText();
        let whole = '';
        for (const [index, size] of sizes.entries()) {
          const text = String.fromCharCode(97 + (index % 26)).repeat(size);
          whole += text;
          output.append(index % 2 === 0 ? 'stdout' : 'stderr', bytes(text));
        }
        const { head, cut, tail } = output.kept();
        assert.ok(whole.startsWith(textOf(head)) && whole.endsWith(textOf(tail)));
        assert.equal(textOf(head).length + cut + textOf(tail).length, whole.length);
        assert.ok(textOf(head).length <= HEAD_CHARACTERS && textOf(tail).length <= TAIL_CHARACTERS + 60_000);
        if (cut > 0) assert.ok(textOf(tail).length >= TAIL_CHARACTERS);
        assert.equal(output.end(10), whole.slice(-10));
      }),
      { numRuns: 30 },
    );
  });

  it('gives a reader the beginning piece by piece, and the end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        const limits = { head: 300, tail: 200 };
        const output = new OutputText();
        let whole = '';
        let seen = '';
        for (const [index, size] of sizes.entries()) {
          const text = String.fromCharCode(97 + index).repeat(size % 7 === 0 ? size : (size % 150) + 1);
          whole += text;
          output.append('stdout', bytes(text));
          const { head, cut, tail } = output.excerpt(seen.length, limits);
          seen += textOf(head);
          assert.equal(seen, whole.slice(0, limits.head));
          assert.equal(textOf(tail), whole.slice(Math.max(limits.head, whole.length - limits.tail)));
          assert.equal(seen.length + cut + textOf(tail).length, whole.length);
        }
      }),
    );
  });

  it('counts all of a flood', () => {
    const output = new OutputText();
    const line = bytes('a line of output that is about sixty characters in length\n');
    for (let count = 0; count < 200_000; count++) output.append('stdout', line);
    assert.equal(output.total, 200_000 * line.length);
  });
});
