/** Whole lines of a document: 0-based, both ends included. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** Finds the statement that the line belongs to; on a blank or comment line between statements, the next one. */
export type FindStatement = (lines: readonly string[], line: number) => LineRange | undefined;

/** The range around the line, else the first one after it. `ranges` are in order and do not overlap. */
export function rangeAtOrAfter(ranges: readonly LineRange[], line: number): LineRange | undefined {
  return ranges.find((range) => range.end >= line);
}
