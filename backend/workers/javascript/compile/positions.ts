import type { SourceMap } from 'node:module';
import type MagicString from 'magic-string';

export interface Offsets {
  /** 0-based line and column of the cell's first character in its file. */
  readonly line: number;
  readonly column: number;
}

/**
 * Where a script's lines and columns are in the cell's text: `[line, column, originLine, originColumn]…`, sorted, 1-based, in
 * the file's lines. A line that is missing is where it was. Null when none moved.
 *
 * @param before the map of an earlier transformation, from the text that was rewritten to the cell's own.
 */
export function positionsOf(text: MagicString, before: SourceMap | null, offsets: Offsets): Int32Array | null {
  const { mappings } = text.generateDecodedMap({ hires: 'boundary' });
  const rows: number[] = [];
  mappings.forEach((segments, row) => {
    const moved: number[] = [];
    let same = true;
    for (const segment of segments) {
      if (segment.length < 4) continue;
      const [column, , originRow, originColumn] = segment as [number, number, number, number];
      const origin = before ? originBefore(before, originRow, originColumn) : { line: originRow, column: originColumn };
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

function originBefore(map: SourceMap, line: number, column: number): { line: number; column: number } | null {
  const entry = map.findEntry(line, column);
  if (!('originalLine' in entry)) return null;
  // An entry begins at or before the column; on the same line the distance carries over.
  const distance = entry.generatedLine === line ? column - entry.generatedColumn : 0;
  return { line: entry.originalLine, column: entry.originalColumn + distance };
}
