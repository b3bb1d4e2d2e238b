/** A place in a document. Line and character are 0-based, as in VS Code. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

export interface Span {
  readonly start: Place;
  readonly end: Place;
}

export interface Change {
  readonly range: Span;
  readonly text: string;
}

/** Where a span is after a change; undefined when all of it was deleted. */
export function follow(span: Span, { range, text }: Change): Span | undefined {
  const inserted = endOf(range, text);
  const insertion = compare(range.start, range.end) === 0;
  // A new line after the last character, or above the first, is not part of the span.
  const after = compare(range.start, span.end);
  if (after > 0 || (after === 0 && /^\r?\n/.test(text))) return span;
  const before = compare(range.end, span.start);
  if (before < 0 || (before === 0 && text.endsWith('\n'))) return moveBoth(span, range.end, inserted);
  if (!insertion && after < 0 && text === '' && covers(range, span)) return undefined;
  const start = compare(range.start, span.start) < 0 ? range.start : span.start;
  const end = compare(range.end, span.end) > 0 ? endWithin(range, text) : move(span.end, range.end, inserted);
  return { start, end };
}

/** Where the text ends that a change puts into a document. */
function endOf({ start }: Span, text: string): Place {
  const lines = text.split('\n');
  const character = (lines.length === 1 ? start.character : 0) + (lines.at(-1)?.length ?? 0);
  return { line: start.line + lines.length - 1, character };
}

/** Whole lines that take the place of whole lines: their last line break was never part of the code. */
function endWithin(range: Span, text: string): Place {
  return endOf(range, range.end.character === 0 ? text.replace(/\r?\n$/, '') : text);
}

function covers(outer: Span, inner: Span): boolean {
  return compare(outer.start, inner.start) <= 0 && compare(outer.end, inner.end) >= 0;
}

function moveBoth(span: Span, from: Place, to: Place): Span {
  return { start: move(span.start, from, to), end: move(span.end, from, to) };
}

/** A place at or after `from`, when what ended at `from` now ends at `to`. */
function move(place: Place, from: Place, to: Place): Place {
  const character = place.line === from.line ? to.character + place.character - from.character : place.character;
  return { line: place.line + to.line - from.line, character };
}

export function compare(one: Place, other: Place): number {
  return one.line - other.line || one.character - other.character;
}
