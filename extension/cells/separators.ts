import type { FileCells } from './file-cells.ts';

/** A line between cells. */
export interface CellSeparator {
  /** 0-based line above which it is drawn. */
  readonly line: number;
  /** It bounds the cell with the cursor. */
  readonly active: boolean;
}

/** `current`: those around the cell with the cursor; `all`: one above each cell; none in a file without markers. */
export function separatorsOf(cells: FileCells, cursor: number, mode: string): CellSeparator[] {
  if (!cells.marked || (mode !== 'current' && mode !== 'all')) return [];
  const current = cells.around(cursor);
  const bounds = new Set([current?.start, current && current.end + 1]);
  const lines = new Set(cells.all.flatMap(({ start, end, depth }) => (depth > 0 ? [start, end + 1] : [start])));
  return [...lines]
    .filter((line) => line > 0 || cells.all[0]?.marked)
    .map((line) => ({ line, active: bounds.has(line) }))
    .filter(({ active }) => active || mode === 'all')
    .sort((one, other) => one.line - other.line);
}
