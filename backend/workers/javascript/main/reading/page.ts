import { jsonOf } from './cell.ts';
import type { Table } from './table.ts';

/** Characters of a page: about half of what a payload may hold. */
const MAX_TEXT = 16 * 1024 ** 2;

export interface Page {
  /** Which row stands where; null: as they come. */
  readonly order: Uint32Array | null;
  readonly start: number;
  readonly rows: number;
  readonly firstColumn: number;
  readonly columns: number;
}

/** The rows as JSON, each with its number first. Fewer than asked for when their text would be too much. */
export function pageText(table: Table, { order, start, rows, firstColumn, columns }: Page): string {
  let text = '[';
  for (let i = 0; i < rows && text.length < MAX_TEXT; i++) {
    const row = order ? (order[start + i] as number) : start + i;
    text += i === 0 ? `[${row}` : `,[${row}`;
    for (let j = 0; j < columns; j++) text += `,${jsonOf(table.cell(row, firstColumn + j))}`;
    text += ']';
  }
  return `${text}]`;
}
