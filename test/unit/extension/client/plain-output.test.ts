import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PlainOutput } from '../../../../extension/client/plain-output.ts';

describe('output as plain text', () => {
  it('is the same in however many pieces it comes', () => {
    const text = 'né \u001b[31mred\u001b[0m\n\u001b]8;;http://x\u0007link\u001b]8;;\u0007\n→ end';
    const bytes = new TextEncoder().encode(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const plain = new PlainOutput();
        let found = '';
        let start = 0;
        for (const end of [...cuts.sort((one, other) => one - other), bytes.length]) {
          found += plain.push(bytes.subarray(start, end));
          start = end;
        }
        assert.equal(found + plain.end(), 'né red\nlink\n→ end');
      }),
    );
  });

  it('holds back little of a line that never ends', () => {
    const plain = new PlainOutput();
    const piece = new Uint8Array(1_000_000).fill(120);
    let length = 0;
    for (let count = 0; count < 5; count++) length += plain.push(piece).length;
    assert.ok(length >= 4_900_000);
  });
});
