import assert from 'node:assert/strict';
import { type Change, follow, type Place, type Span } from '../../../../extension/inline/follow.ts';
import { Markers } from '../../../../extension/inline/markers.ts';

const URI = 'untitled:a';

/** A document of lines, as far as markers ask. */
class Lines {
  #lines: string[];

  constructor(...lines: string[]) {
    this.#lines = lines;
  }

  textOf({ start, end }: Span): string {
    return this.#text().slice(this.#offset(start), this.#offset(end));
  }

  lengthOf(span: Span): number {
    return this.textOf(span).length;
  }

  apply({ range, text }: Change): void {
    const whole = this.#text();
    const changed = whole.slice(0, this.#offset(range.start)) + text + whole.slice(this.#offset(range.end));
    this.#lines = changed.split('\n');
  }

  #text(): string {
    return this.#lines.join('\n');
  }

  #offset({ line, character }: Place): number {
    return this.#lines.slice(0, line).reduce((sum, it) => sum + it.length + 1, 0) + character;
  }
}

const span = (...[a, b, c, d]: [number, number, number, number]): Span => ({
  start: { line: a, character: b },
  end: { line: c, character: d },
});

function marked(document: Lines, ...spans: Span[]): Markers {
  const markers = new Markers();
  for (const [index, it] of spans.entries()) markers.add(URI, `e-${index}`, it, document.textOf(it));
  return markers;
}

function edit(document: Lines, markers: Markers, ...changes: Change[]): void {
  for (const change of changes.toSorted((one, other) => other.range.start.line - one.range.start.line))
    document.apply(change);
  markers.edit(URI, changes, document);
}

const ids = (markers: Markers) => markers.of(URI).map(({ executionId }) => executionId);

describe('the markers of a document', () => {
  it('give way to a run of the same code, of code around it, and of a part of it that ends it', () => {
    const document = new Lines('a', 'bb', 'c');
    assert.deepEqual(ids(marked(document, span(1, 0, 1, 2), span(1, 0, 1, 2))), ['e-1']);
    assert.deepEqual(ids(marked(document, span(1, 0, 1, 2), span(0, 0, 2, 1))), ['e-1']);
    assert.deepEqual(ids(marked(document, span(0, 0, 2, 1), span(2, 0, 2, 1))), ['e-1']);
  });

  it('stay beside a run of another part of their line, and of lines inside that are not their last', () => {
    const document = new Lines('a; b; c', 'd', 'e');
    assert.deepEqual(ids(marked(document, span(0, 0, 0, 1), span(0, 3, 0, 4), span(0, 6, 0, 7))), [
      'e-0',
      'e-1',
      'e-2',
    ]);
    assert.deepEqual(ids(marked(document, span(0, 0, 2, 1), span(1, 0, 1, 1))), ['e-0', 'e-1']);
  });

  it('are stale while their text is another one', () => {
    const document = new Lines('x', '6 * 7');
    const markers = marked(document, span(1, 0, 1, 5));
    const stale = () => markers.of(URI).map((it) => it.stale);
    edit(document, markers, { range: span(0, 0, 0, 0), text: 'new\n' });
    assert.deepEqual([markers.of(URI)[0]?.span, stale()], [span(2, 0, 2, 5), [false]]);
    edit(document, markers, { range: span(2, 5, 2, 5), text: '0' });
    assert.deepEqual(stale(), [true]);
    edit(document, markers, { range: span(2, 4, 2, 6), text: '7' });
    assert.deepEqual(stale(), [false]);
    edit(document, markers, { range: span(2, 4, 2, 5), text: '8' });
    assert.deepEqual(stale(), [true]);
  });

  it('follow several changes of one event, in whatever order they come', () => {
    const document = new Lines('a', 'b', 'c');
    const markers = marked(document, span(1, 0, 1, 1), span(2, 0, 2, 1));
    edit(document, markers, { range: span(0, 0, 0, 0), text: '#\n' }, { range: span(2, 0, 2, 0), text: '#\n' });
    assert.deepEqual(
      markers.of(URI).map((it) => [it.span.start.line, it.stale]),
      [
        [2, false],
        [4, false],
      ],
    );
  });

  it('go with their code, with their executions and with their document', () => {
    const document = new Lines('a', 'b', 'c');
    const markers = marked(document, span(0, 0, 0, 1), span(1, 0, 1, 1), span(2, 0, 2, 1));
    edit(document, markers, { range: span(0, 0, 1, 0), text: '' });
    assert.deepEqual(ids(markers), ['e-1', 'e-2']);
    markers.forget(new Set(['e-1']));
    assert.deepEqual(
      [ids(markers), markers.locate('e-1'), markers.locate('e-2')?.span],
      [['e-2'], undefined, span(1, 0, 1, 1)],
    );
    markers.clear(URI);
    assert.deepEqual([ids(markers), markers.documents()], [[], []]);
  });

  it('have names that are only names', () => {
    const document = new Lines('a');
    const markers = new Markers();
    markers.add('__proto__', '__proto__', span(0, 0, 0, 1), document.textOf(span(0, 0, 0, 1)));
    assert.equal(markers.locate('__proto__')?.document, '__proto__');
    assert.equal(markers.locate('constructor'), undefined);
    assert.ok(follow(span(0, 0, 0, 1), { range: span(0, 0, 0, 0), text: '' }));
  });

  it('come back in the next window where their code is unchanged, else stale', () => {
    const before = new Lines('a', 'b', 'c');
    const [a, b, c] = [span(0, 0, 0, 1), span(1, 0, 1, 1), span(2, 0, 2, 1)];
    const kept = marked(before, a, b, c).kept();
    const after = new Lines('a', 'x', 'c');
    const markers = new Markers();
    markers.putBack(URI, JSON.parse(JSON.stringify(kept)), after);
    assert.deepEqual(
      markers.of(URI).map(({ executionId, span, stale }) => ({ executionId, span, stale })),
      [
        { executionId: 'e-0', span: a, stale: false },
        { executionId: 'e-1', span: b, stale: true },
        { executionId: 'e-2', span: c, stale: false },
      ],
    );
    edit(after, markers, { range: span(1, 0, 1, 1), text: 'b' });
    assert.deepEqual(
      markers.of(URI).map(({ stale }) => stale),
      [false, false, false],
    );
  });

  it('of this window take the place of those that come back', () => {
    const document = new Lines('a', 'b');
    const kept = marked(document, span(0, 0, 0, 1), span(1, 0, 1, 1)).kept();
    const markers = new Markers();
    markers.add(URI, 'new', span(1, 0, 1, 1), 'b');
    markers.putBack(URI, kept, document);
    assert.deepEqual(
      markers.of(URI).map(({ executionId }) => executionId),
      ['e-0', 'new'],
    );
  });
});
