import type { Language } from './language.ts';

export interface Cell {
  /** Line of its first character, 1-based. */
  readonly line: number;
  /** Its text, the marker's line included: positions in it are positions in the file. */
  readonly code: string;
}

const MARKDOWN = /\[markdown\]|\[md\]/i;

/** Cuts a file at its cell markers. Without one the file is one cell. Markdown cells and blank ones are left out. */
export function splitCells(text: string, language: Language): Cell[] {
  const lines = text.split(/(?<=\n)/);
  const starts = lines.flatMap((line, index) => (language.cellMarker.test(line) ? [index] : []));
  if (starts[0] !== 0) starts.unshift(0);
  return starts.flatMap((start, index) => {
    const own = lines.slice(start, starts[index + 1]);
    const marked = language.cellMarker.test(own[0] ?? '');
    if (marked && MARKDOWN.test(own[0] ?? '')) return [];
    if (own.slice(marked ? 1 : 0).every((line) => line.trim() === '')) return [];
    return [{ line: start + 1, code: own.join('') }];
  });
}
