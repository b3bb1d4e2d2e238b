import { splitCells } from '../../backend/workers/cells.ts';
import type { Language } from '../../backend/workers/language.ts';
import type { LineRange } from './line-range.ts';

/** The cells of a file as `holdfast run` sees them, in lines; the marker's line is part of its cell. */
export function cellRanges(text: string, language: Language): LineRange[] {
  return splitCells(text, language).map(({ line, code }) => {
    const start = line - 1;
    const lines = code.split('\n').length - (code.endsWith('\n') ? 1 : 0);
    return { start, end: start + lines - 1 };
  });
}

/** The range without blank lines at its ends; undefined when nothing else is in it. */
export function trimBlank(lines: readonly string[], { start, end }: LineRange): LineRange | undefined {
  let first = start;
  let last = end;
  while (first <= last && lines[first]?.trim() === '') first++;
  while (last >= first && lines[last]?.trim() === '') last--;
  return first <= last ? { start: first, end: last } : undefined;
}
