import type MagicString from 'magic-string';
import type { Origin } from './dialects.ts';

export interface Offsets {
  /** 0-based line and column of the cell's first character in its file. */
  readonly line: number;
  readonly column: number;
}

/**
 * Where a script's lines and columns are in the cell's text: `[line, column, originLine, originColumn]…`, sorted, 1-based, in
 * the file's lines. A line that is missing is where it was. Null when none moved.
 *
 * @param before an earlier transformation, from the cell's own text to the one that was rewritten.
 */
export function positionsOf(text: MagicString, before: Origin | null, offsets: Offsets): Int32Array | null {
  const { mappings } = text.generateDecodedMap({ hires: 'boundary' });
  const rows: number[] = [];
  mappings.forEach((segments, row) => {
    const moved: number[] = [];
    let same = true;
    for (const segment of segments) {
      if (segment.length < 4) continue;
      const [column, , originRow, originColumn] = segment as [number, number, number, number];
      const position = { line: originRow, column: originColumn };
      const origin = before ? before(position) : position;
      if (!origin) continue;
      if (origin.line !== row || origin.column !== column) same = false;
      moved.push(
        row + offsets.line + 1,
        column + (row === 0 ? offsets.column : 0) + 1,
        origin.line + offsets.line + 1,
        origin.column + (origin.line === 0 ? offsets.column : 0) + 1,
      );
    }
    if (!same) rows.push(...moved);
  });
  return rows.length === 0 ? null : Int32Array.from(rows);
}
