import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Change, follow, type Place, type Span } from '../../../../extension/inline/follow.ts';

const place = (line: number, character: number): Place => ({ line, character });
const span = (...[a, b, c, d]: [number, number, number, number]): Span => ({ start: place(a, b), end: place(c, d) });
const change = (range: Span, text: string): Change => ({ range, text });

describe('following code through edits', () => {
  const code = span(2, 0, 3, 5);
  const cases: readonly (readonly [name: string, change: Change, after: Span | undefined])[] = [
    ['a line above it', change(span(0, 0, 0, 0), 'a\nb\n'), span(4, 0, 5, 5)],
    ['a line break right above it', change(span(2, 0, 2, 0), '\n'), span(3, 0, 4, 5)],
    ['a deletion above it', change(span(0, 0, 1, 0), ''), span(1, 0, 2, 5)],
    ['a deletion that joins its line to the one above', change(span(1, 4, 2, 0), ''), span(1, 4, 2, 5)],
    ['an edit below it', change(span(4, 0, 4, 2), 'x'), code],
    ['a line break at its end', change(span(3, 5, 3, 5), '\n'), code],
    ['a Windows line break at its end', change(span(3, 5, 3, 5), '\r\n  x'), code],
    ['text at its end', change(span(3, 5, 3, 5), 'xy'), span(2, 0, 3, 7)],
    ['text inside', change(span(2, 1, 2, 1), 'a\nb'), span(2, 0, 4, 5)],
    ['text at its start', change(span(2, 0, 2, 0), 'xy'), span(2, 0, 3, 5)],
    ['all of it deleted', change(span(1, 0, 4, 0), ''), undefined],
    ['its last line replaced, as from the disk', change(span(3, 0, 4, 0), 'new\n'), span(2, 0, 3, 3)],
    ['its lines replaced by more', change(span(2, 0, 4, 0), 'a\nb\nc\r\n'), span(2, 0, 4, 1)],
    ['its end replaced', change(span(3, 2, 5, 0), 'new'), span(2, 0, 3, 5)],
  ];
  for (const [name, edit, after] of cases) it(`handles ${name}`, () => assert.deepEqual(follow(code, edit), after));

  it('never loses a span to an insertion and keeps its text', () => {
    const text = fc.stringMatching(/^[ab\n]{0,12}$/);
    fc.assert(
      fc.property(text, text, text, text, fc.nat(), (before, inside, after, inserted, at) => {
        const whole = before + inside + after;
        fc.pre(inside !== '');
        const offset = at % (whole.length + 1);
        const found = follow(
          spanAt(whole, before.length, before.length + inside.length),
          change(spanAt(whole, offset, offset), inserted),
        );
        assert.ok(found);
        const now = textIn(whole.slice(0, offset) + inserted + whole.slice(offset), found);
        const within = offset - before.length;
        const edited = inside.slice(0, within) + inserted + inside.slice(within);
        const outside = within < 0 || within > inside.length;
        const atEdge = within === 0 || within === inside.length;
        assert.ok((!outside && now === edited) || ((outside || atEdge) && now === inside), JSON.stringify(now));
      }),
    );
  });
});

function placeAt(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split('\n');
  return place(lines.length - 1, lines.at(-1)?.length ?? 0);
}

function spanAt(text: string, start: number, end: number): Span {
  return { start: placeAt(text, start), end: placeAt(text, end) };
}

function textIn(text: string, { start, end }: Span): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Place) =>
    lines.slice(0, line).reduce((sum, it) => sum + it.length + 1, 0) + character;
  return text.slice(offset(start), offset(end));
}
