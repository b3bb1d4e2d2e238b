import type { Place } from './selection.ts';

/** How far a key moves, in rows and columns; undefined for one that moves nothing. @param page rows in view */
export function stepOf(event: KeyboardEvent, page: number): readonly [rows: number, columns: number] | undefined {
  const far = event.ctrlKey || event.metaKey;
  const steps: Record<string, readonly [number, number]> = {
    ArrowUp: [far ? -Infinity : -1, 0],
    ArrowDown: [far ? Infinity : 1, 0],
    ArrowLeft: [0, far ? -Infinity : -1],
    ArrowRight: [0, far ? Infinity : 1],
    PageUp: [-page, 0],
    PageDown: [page, 0],
    Home: [far ? -Infinity : 0, -Infinity],
    End: [far ? Infinity : 0, Infinity],
  };
  return Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
}

/** The cell that far away, within the table. */
export function moved(
  { row, column }: Place,
  [rows, columns]: readonly [number, number],
  size: { readonly rows: number; readonly columns: number },
): Place {
  return { row: bounded(row + rows, size.rows), column: bounded(column + columns, size.columns) };
}

function bounded(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value));
}
