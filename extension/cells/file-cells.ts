import { type CellLines, cellsOf } from '../../backend/workers/cells.ts';
import type { Language } from '../../backend/workers/language.ts';
import type { LineRange } from './line-range.ts';

/** The cells of one version of a file. */
export class FileCells {
  /** In the order of their first lines; regions inside a region follow it. */
  readonly all: readonly CellLines[];

  constructor(text: string, language: Language, regions: boolean) {
    this.all = cellsOf(text, language, { regions });
  }

  /** The file has cells that somebody marked. */
  get marked(): boolean {
    return this.all.some((cell) => cell.marked);
  }

  /** The innermost cell around the line; the file's first one for a line outside of it. */
  around(line: number): CellLines | undefined {
    return this.all.findLast((cell) => cell.start <= line && line <= cell.end) ?? this.all[0];
  }

  /** The one of the cells that the file is cut into. */
  outermost(line: number): CellLines | undefined {
    return this.all.find((cell) => cell.depth === 0 && cell.end >= line);
  }

  /** The cell to run at a line: from a Markdown or blank cell, the next one with code. */
  runnable(line: number): CellLines | undefined {
    const around = this.around(line);
    if (around?.kind === 'code') return around;
    return this.all.find((cell) => cell.kind === 'code' && cell.start > line);
  }

  /** The cells with code that the lines touch, cut to them. */
  within({ start, end }: LineRange): LineRange[] {
    return this.all
      .filter((cell) => cell.depth === 0 && cell.kind === 'code' && cell.start <= end && cell.end >= start)
      .map((cell) => ({ start: Math.max(cell.start, start), end: Math.min(cell.end, end) }));
  }

  /** The first cell with code behind a cell. */
  after(cell: LineRange): CellLines | undefined {
    return this.all.find(({ kind, start }) => kind === 'code' && start > cell.end);
  }

  /** Where "next cell" leads from a line; regions inside a cell count, too. */
  next(line: number): CellLines | undefined {
    return this.#stops().find((cell) => entry(cell) > line);
  }

  /** Where "previous cell" leads from a line: to the beginning of its own cell first. */
  previous(line: number): CellLines | undefined {
    return this.#stops().findLast((cell) => entry(cell) < line);
  }

  #stops(): CellLines[] {
    return this.all.filter(({ marked, kind }) => marked || kind === 'code');
  }
}

/** The line at which one goes on in a cell: a marker is its title. */
export function entry({ start, end, marked }: CellLines): number {
  return marked && end > start ? start + 1 : start;
}
