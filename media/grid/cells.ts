import type { TableColumn } from '../../backend/protocol/inspection.ts';
import type { Row } from './row-pages.ts';

type Cell = Row[number];

const MIN_WIDTH = 8;
const MAX_WIDTH = 48;

export function cellText(value: Cell): string {
  return value === null ? '' : String(value);
}

/** Wide enough for what is in view, within bounds. In widths of a digit. */
export function columnWidth({ name, type }: TableColumn, values: readonly Cell[]): number {
  const longest = Math.max(name.length + 3, type.length + 1, ...values.map((value) => cellText(value).length + 2));
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, longest));
}
