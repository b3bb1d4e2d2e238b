/** Height of a row, as in VS Code's lists. Pixels. */
export const ROW_HEIGHT = 22;
/** Browsers draw no element that is much higher. Pixels. */
const MAX_HEIGHT = 10_000_000;

export interface RowWindow {
  /** The first row that is drawn. */
  readonly first: number;
  readonly count: number;
  /** Where the first row is drawn, from the top of the whole. Pixels. */
  readonly top: number;
}

/** The height of the element that scrolls: that of all rows, or as much as a browser can draw. */
export function scrollHeight(rows: number): number {
  return Math.min(rows * ROW_HEIGHT, MAX_HEIGHT);
}

/** The rows in view. With more rows than fit into the highest element a pixel stands for more than a pixel. */
export function rowWindow(rows: number, scrollTop: number, viewHeight: number): RowWindow {
  const count = Math.min(rows, Math.ceil(viewHeight / ROW_HEIGHT) + 2);
  const whole = scrollHeight(rows);
  const scrollable = Math.max(1, whole - viewHeight);
  const part = Math.min(1, Math.max(0, scrollTop / scrollable));
  const first = rows * ROW_HEIGHT <= MAX_HEIGHT ? scrollTop / ROW_HEIGHT : part * (rows - viewHeight / ROW_HEIGHT);
  const bounded = Math.max(0, Math.min(Math.floor(first), rows - count + 1, rows - 1));
  const exact = rows * ROW_HEIGHT <= MAX_HEIGHT;
  return { first: bounded, count: Math.min(count, rows - bounded), top: exact ? bounded * ROW_HEIGHT : scrollTop };
}

/** Where to scroll to, so that a row is in view. */
export function scrollTopOf(row: number, rows: number, scrollTop: number, viewHeight: number): number {
  const { first } = rowWindow(rows, scrollTop, viewHeight);
  const visible = Math.max(1, Math.floor(viewHeight / ROW_HEIGHT) - 1);
  if (row > first && row < first + visible) return scrollTop;
  const wanted = row <= first ? row : row - visible + 1;
  if (rows * ROW_HEIGHT <= MAX_HEIGHT) return row <= first ? row * ROW_HEIGHT : (row + 1) * ROW_HEIGHT - viewHeight;
  return (wanted / Math.max(1, rows - viewHeight / ROW_HEIGHT)) * (scrollHeight(rows) - viewHeight);
}
