import { cellText } from './cells.ts';
import type { Row } from './row-pages.ts';

export interface Place {
  readonly row: number;
  /** Counted from the first column that is shown. */
  readonly column: number;
}

/** The cells between two corners. */
export interface Selection {
  readonly anchor: Place;
  readonly focus: Place;
}

export function contains({ anchor, focus }: Selection, { row, column }: Place): boolean {
  return between(row, anchor.row, focus.row) && between(column, anchor.column, focus.column);
}

/** The selected cells as lines of values with tabs between them, as spreadsheets take them. Rows that are not there are left out. */
export function selectedText({ anchor, focus }: Selection, cellsOf: (row: number) => Row | undefined): string {
  const [top, bottom] = [Math.min(anchor.row, focus.row), Math.max(anchor.row, focus.row)];
  const [left, right] = [Math.min(anchor.column, focus.column), Math.max(anchor.column, focus.column)];
  const lines: string[] = [];
  for (let row = top; row <= Math.min(bottom, top + MAX_ROWS); row++) {
    const cells = cellsOf(row)?.slice(left, right + 1);
    if (cells) lines.push(cells.map((cell) => cellText(cell).replaceAll(/[\t\r\n]+/g, ' ')).join('\t'));
  }
  return lines.join('\n');
}

const MAX_ROWS = 10_000;

function between(value: number, one: number, other: number): boolean {
  return value >= Math.min(one, other) && value <= Math.max(one, other);
}
