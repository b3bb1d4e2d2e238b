import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OutputText, TAIL_CHARACTERS } from '../../../../extension/client/output-text.ts';
import { layout, type Piece } from '../../../../extension/notebooks/output-layout.ts';

type Shown = { readonly at: number; readonly name: string };
const text = (pieces: readonly Piece<Shown>[]) =>
  pieces.map((piece) => (piece.kind === 'text' ? piece.text : piece.kind === 'cut' ? '✂' : piece.shown.name)).join('');

function printed(...parts: readonly (readonly ['stdout' | 'stderr', string])[]): OutputText {
  const output = new OutputText();
  for (const [stream, part] of parts) output.append(stream, new TextEncoder().encode(part));
  return output;
}

describe('the outputs of a cell', () => {
  it('have displays at their places, between streams and inside them', () => {
    const output = printed(['stdout', 'abc'], ['stderr', 'de']);
    const shown = [0, 2, 3, 5].map((at, index) => ({ at, name: String(index) }));
    const pieces = layout(output.kept(), shown, 0);
    assert.equal(text(pieces), '0ab1c2de3');
    assert.deepEqual(
      pieces.flatMap((piece) => (piece.kind === 'text' ? [[piece.stream, piece.text]] : [])),
      [
        ['stdout', 'ab'],
        ['stdout', 'c'],
        ['stderr', 'de'],
      ],
    );
  });

  it('are the same written in one go or in any steps', () => {
    const part = fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(part, fc.boolean(), fc.boolean()), { maxLength: 20 }), (steps) => {
        const output = new OutputText();
        const shown: Shown[] = [];
        let done = { characters: 0, shown: 0 };
        let pieces = '';
        const write = () => {
          pieces += text(layout(output.kept(), shown.slice(done.shown), done.characters));
          done = { characters: output.total, shown: shown.length };
        };
        for (const [[stream, printed], displays, writes] of steps) {
          output.append(stream, new TextEncoder().encode(printed));
          if (displays) shown.push({ at: output.total, name: '§' });
          if (writes) write();
        }
        write();
        assert.equal(pieces, text(layout(output.kept(), shown, 0)));
      }),
    );
  });

  it('say where text is cut, with what was displayed there behind it', () => {
    const output = printed(['stdout', 'x'.repeat(3 * TAIL_CHARACTERS)]);
    const { head, cut } = output.kept();
    const start = head[0]?.text.length ?? 0;
    const shown = [{ at: start + 5, name: '!' }];
    const pieces = layout(output.kept(), shown, 0);
    assert.deepEqual(
      pieces.map((piece) => piece.kind),
      ['text', 'cut', 'shown', 'text'],
    );
    assert.deepEqual(pieces[1], { kind: 'cut', characters: cut });
    // What was cleared away is not counted.
    assert.deepEqual(layout(output.kept(), [], start + 10)[0], { kind: 'cut', characters: cut - 10 });
    assert.equal(layout(output.kept(), [], output.total).length, 0);
  });
});
