import type { Language, TextSpan } from './language.ts';

export interface Cell {
  /** Line of its first character, 1-based. */
  readonly line: number;
  /** Its text, the marker's line included: positions in it are positions in the file. */
  readonly code: string;
}

/** Lines of a file, 0-based, both ends included. */
export interface CellLines {
  readonly start: number;
  readonly end: number;
  /** `prose`: Markdown or raw text. `blank`: nothing below its marker. */
  readonly kind: 'code' | 'prose' | 'blank';
  /** Its first line is a marker. */
  readonly marked: boolean;
  /** 0: one of the cells that the file is cut into. More: a region inside a cell, and how deep. */
  readonly depth: number;
}

export interface CellOptions {
  /** Cut at `#region` and `#endregion`, too. */
  readonly regions?: boolean;
}

type Mark = 'marker' | 'region' | 'endregion';

const PROSE = /\[markdown\]|\[md\]|\[raw\]|<(?:markdown|raw|html)cell>/i;

/** Cuts a file at its cell markers. Without one the file is one cell. Markdown cells and blank ones are left out. */
export function splitCells(text: string, language: Language): Cell[] {
  const lines = text.split(/(?<=\n)/);
  return cellsOf(text, language)
    .filter(({ kind }) => kind === 'code')
    .map(({ start, end }) => ({ line: start + 1, code: lines.slice(start, end + 1).join('') }));
}

/**
 * Every cell, in the order of their first lines. Those of depth 0 cover each line once; regions inside a region follow the one that
 * they are in. A marker inside a string or a comment over several lines is none.
 */
export function cellsOf(text: string, language: Language, { regions = false }: CellOptions = {}): CellLines[] {
  const lines = text.split('\n');
  const cells: CellLines[] = [];
  const add = (start: number, end: number, marked: boolean, depth: number) => {
    if (end >= start) cells.push({ start, end, marked, depth, kind: kindOf(lines, start, end, marked) });
  };
  let start = 0;
  let marked = false;
  /** First lines of the regions that are open. The outermost is a cell of its own. */
  let open: number[] = [];
  const cut = (at: number, isMarker: boolean) => {
    for (const [depth, first] of open.entries()) if (depth > 0) add(first, at - 1, true, depth);
    add(start, at - 1, marked, 0);
    start = at;
    marked = isMarker;
    open = [];
  };
  for (const [line, mark] of marksOf(lines, text, language, regions)) {
    if (mark === 'marker') cut(line, true);
    else if (mark === 'region') {
      if (open.length === 0) cut(line, true);
      open.push(line);
    } else if (open.length === 1) cut(line + 1, false);
    else {
      const first = open.pop();
      if (first !== undefined) add(first, line, true, open.length);
    }
  }
  cut(lines.length, false);
  return cells.sort((one, other) => one.start - other.start || one.depth - other.depth);
}

function* marksOf(
  lines: readonly string[],
  text: string,
  language: Language,
  regions: boolean,
): Generator<[line: number, mark: Mark]> {
  /** Asked for only when there is a mark to doubt. */
  let inside: ((offset: number) => boolean) | undefined;
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    const mark = markOf(line, language, regions);
    if (mark) {
      inside ??= insideOf(language.multilineTexts(text));
      if (!inside(offset)) yield [index, mark];
    }
    offset += line.length + 1;
  }
}

function markOf(line: string, { commentPrefix, cellMarker, region }: Language, regions: boolean): Mark | undefined {
  if (!line.startsWith(commentPrefix)) return undefined;
  if (cellMarker.test(line)) return 'marker';
  if (!regions) return undefined;
  if (region.start.test(line)) return 'region';
  return region.end.test(line) ? 'endregion' : undefined;
}

/** For places that are asked for in order. */
function insideOf(spans: readonly TextSpan[]): (offset: number) => boolean {
  let next = 0;
  return (offset) => {
    while ((spans[next]?.end ?? Number.POSITIVE_INFINITY) <= offset) next++;
    return (spans[next]?.start ?? Number.POSITIVE_INFINITY) < offset;
  };
}

function kindOf(lines: readonly string[], start: number, end: number, marked: boolean): CellLines['kind'] {
  if (marked && PROSE.test(lines[start] ?? '')) return 'prose';
  for (let line = marked ? start + 1 : start; line <= end; line++) {
    if (lines[line]?.trim() !== '') return 'code';
  }
  return 'blank';
}
