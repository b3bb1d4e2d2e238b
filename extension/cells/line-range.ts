/** Whole lines of a document: 0-based, both ends included. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** The range around the line, else the first one after it. `ranges` are in order and do not overlap. */
export function rangeAtOrAfter<Range extends LineRange>(ranges: readonly Range[], line: number): Range | undefined {
  return ranges.find((range) => range.end >= line);
}

/** The range without blank lines at its ends; undefined when nothing else is in it. */
export function trimBlank(lines: readonly string[], { start, end }: LineRange): LineRange | undefined {
  let first = start;
  let last = end;
  while (first <= last && lines[first]?.trim() === '') first++;
  while (last >= first && lines[last]?.trim() === '') last--;
  return first <= last ? { start: first, end: last } : undefined;
}

/** In order; those that share a line become one, because a result has its place at the end of a line. */
export function mergeSharedLines(ranges: Iterable<LineRange>): LineRange[] {
  const merged: LineRange[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && range.start <= last.end)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
}
