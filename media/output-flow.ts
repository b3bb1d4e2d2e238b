import type { RichRef, TextSegment } from './protocol.ts';
import type { Output } from './results-model.ts';

/** What an execution wrote and showed, in the order in which it did. */
export type Piece =
  | { readonly kind: 'text'; readonly segments: readonly TextSegment[] }
  | { readonly kind: 'cut'; readonly characters: number }
  | { readonly kind: 'rich'; readonly ref: RichRef };

/** Puts shown values between the texts that were printed before and after them. The value of the execution is not among them. */
export function outputFlow(output: Output | undefined, rich: readonly RichRef[]): Piece[] {
  const { head, cut, tail } = output ?? { head: [], cut: 0, tail: [] };
  const headEnd = lengthOf(head);
  const tailStart = headEnd + cut;
  const shown = rich.filter(({ at }) => at !== null);
  const before = shown.filter(({ at }) => (at ?? 0) <= headEnd);
  const between = shown.filter(({ at }) => (at ?? 0) > headEnd && (at ?? 0) < tailStart);
  const after = shown.filter(({ at }) => (at ?? 0) > headEnd && (at ?? 0) >= tailStart);
  return [
    ...woven(head, 0, before),
    ...(cut > 0 ? [{ kind: 'cut', characters: cut } as const] : []),
    ...between.map((ref) => ({ kind: 'rich', ref }) as const),
    ...woven(tail, tailStart, after),
  ];
}

function woven(segments: readonly TextSegment[], start: number, rich: readonly RichRef[]): Piece[] {
  const pieces: Piece[] = [];
  let rest = segments;
  let position = start;
  for (const ref of rich) {
    const place = Math.max(position, ref.at ?? 0);
    const [first, second] = splitAt(rest, place - position);
    if (first.length > 0) pieces.push({ kind: 'text', segments: first });
    pieces.push({ kind: 'rich', ref });
    rest = second;
    position = place;
  }
  if (rest.length > 0) pieces.push({ kind: 'text', segments: rest });
  return pieces;
}

/** The first `length` characters, and the others. */
function splitAt(segments: readonly TextSegment[], length: number): [TextSegment[], TextSegment[]] {
  const first: TextSegment[] = [];
  const second: TextSegment[] = [];
  let left = length;
  for (const { stream, text } of segments) {
    if (left > 0) first.push({ stream, text: text.slice(0, left) });
    if (text.length > left) second.push({ stream, text: text.slice(Math.max(0, left)) });
    left -= text.length;
  }
  return [first, second];
}

function lengthOf(segments: readonly TextSegment[]): number {
  return segments.reduce((sum, { text }) => sum + text.length, 0);
}
