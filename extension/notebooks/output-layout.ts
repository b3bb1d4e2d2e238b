import type { Stream } from '../../backend/protocol/values.ts';
import type { KeptText } from '../client/output-text.ts';

/** A part of what a cell shows. */
export type Piece<Shown> =
  | { readonly kind: 'text'; readonly stream: Stream; readonly text: string }
  /** So many characters are not kept. */
  | { readonly kind: 'cut'; readonly characters: number }
  | { readonly kind: 'shown'; readonly shown: Shown };

/**
 * Text and what was displayed between it, in the order in which the program made them.
 * @param from characters at the beginning that are left aside
 * @param shown in order, each `at` a number of characters; what was displayed where text is cut comes after the mark of the cut
 */
export function layout<Shown extends { readonly at: number }>(
  { head, cut, tail }: KeptText,
  shown: readonly Shown[],
  from: number,
): Piece<Shown>[] {
  const pieces: Piece<Shown>[] = [];
  let next = 0;
  const showUpTo = (position: number) => {
    for (let it = shown[next]; it && it.at <= position; it = shown[next]) {
      pieces.push({ kind: 'shown', shown: it });
      next++;
    }
  };
  const write = (stream: Stream, text: string, start: number) => {
    const end = start + text.length;
    let position = Math.max(start, from);
    while (position < end) {
      showUpTo(position);
      const stop = Math.min(end, shown[next]?.at ?? end);
      pieces.push({ kind: 'text', stream, text: text.slice(position - start, stop - start) });
      position = stop;
    }
  };
  let start = 0;
  for (const { stream, text } of head) {
    write(stream, text, start);
    start += text.length;
  }
  if (cut > 0 && start + cut > from) {
    showUpTo(start);
    pieces.push({ kind: 'cut', characters: cut - Math.max(0, from - start) });
  }
  start += cut;
  for (const { stream, text } of tail) {
    write(stream, text, start);
    start += text.length;
  }
  showUpTo(Number.POSITIVE_INFINITY);
  return pieces;
}
