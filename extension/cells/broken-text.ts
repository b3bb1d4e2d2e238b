import type { Tree } from '@vscode/tree-sitter-wasm';
import type { LanguageId } from '../../backend/workers/language.ts';
import { type LineRange, mergeSharedLines } from './line-range.ts';
import { type MarginBlock, marginBlocks } from './margin-blocks.ts';
import type { TextParser } from './syntax-trees.ts';
import { treeStatements, wholeNodes } from './tree-statements.ts';

/** Blocks in front of the cursor in which a statement that is broken is looked for. */
const MAX_BLOCKS_BEFORE = 25;
/** Blocks that are tried one more at a time, when a statement can be found in no other way. */
const MAX_TRIED = 6;
/** Blocks that one statement may go on over. */
const MAX_CONTINUED = 60;
/** Lines that are parsed at once to see where the first statement of them ends. */
const MAX_LINES_AT_ONCE = 200;
/** Characters of pieces that are parsed for one answer. Behind that, blocks stand alone. */
const MAX_PIECES = 80_000;

/**
 * A text that does not parse: the statements that are whole as the parser sees them, and what stands between them block by block, so
 * that a mistake costs the statement that it is in and no other.
 */
export class BrokenText {
  readonly #lines: readonly string[];
  readonly #language: LanguageId;
  readonly #parser: TextParser;
  readonly #blocks: readonly MarginBlock[];
  /** Last lines of blocks. */
  readonly #ends: ReadonlySet<number>;
  #budget = MAX_PIECES;

  constructor(lines: readonly string[], language: LanguageId, parser: TextParser) {
    this.#lines = lines;
    this.#language = language;
    this.#parser = parser;
    this.#blocks = marginBlocks(lines, language);
    this.#ends = new Set(this.#blocks.map(({ end }) => end));
  }

  /** The whole statements, and those between them through the first at or after the line. @param tree of the text */
  statements(tree: Tree, line: number): LineRange[] {
    const blocks = this.#blocks;
    const byStart = new Map(blocks.map((block, index) => [block.start, index]));
    const byEnd = new Map(blocks.map((block, index) => [block.end, index]));
    const whole: LineRange[] = [];
    const taken = new Set<number>();
    for (const range of wholeNodes(tree, this.#lines, this.#language)) {
      const first = byStart.get(range.start);
      const last = byEnd.get(range.end);
      // What does not begin and end as blocks do is a piece of something broken, and so is what does not parse by itself.
      if (first === undefined || last === undefined) continue;
      if (range.start <= line && line <= range.end && !this.#parsesAlone(first, last)) continue;
      whole.push(range);
      for (let index = first; index <= last; index++) taken.add(index);
    }
    const runs = runsOfOthers(blocks, taken);
    const near = runs.findIndex((run) => (run.at(-1)?.end ?? -1) >= line);
    // The run in front of the line, too: what it begins with may go on over what looks whole, as a string does over its lines.
    const between = runs.slice(Math.max(0, (near === -1 ? runs.length : near) - 1), near === -1 ? undefined : near + 1);
    const found = between.flatMap((run) => this.#read(run, line));
    return mergeSharedLines([...whole, ...found].sort((one, other) => one.start - other.start));
  }

  #parsesAlone(first: number, last: number): boolean {
    const lines = this.#linesOf(this.#blocks, first, last);
    const statements = this.#parser.readPiece(lines.join('\n'), (tree) => treeStatements(tree, lines, this.#language));
    return statements !== undefined;
  }

  #read(run: readonly MarginBlock[], line: number): LineRange[] {
    const found: LineRange[] = [];
    const before = run.filter((block) => block.end < line).length;
    for (let first = Math.max(0, before - MAX_BLOCKS_BEFORE); ; ) {
      const block = run[first];
      if (!block) break;
      const end = this.#endOf(run, first);
      found.push({ start: block.start, end });
      if (end < block.end && block.closing !== undefined) found.push({ start: block.closing, end: block.end });
      if (Math.max(end, block.end) >= line) break;
      first++;
      while (first < run.length && (run[first]?.start ?? 0) <= end) first++;
    }
    return found;
  }

  /** Last line of the statement that begins with a block. One that parses in no company stands alone: running it shows what is wrong. */
  #endOf(run: readonly MarginBlock[], first: number): number {
    if (this.#parse(run, first, first)) return run[this.#lastContinued(run, first)]?.end ?? 0;
    return (
      this.#endAtOnce(run, first) ??
      this.#endBeforeClosing(run, first) ??
      run[this.#lastTried(run, first) ?? first]?.end ??
      0
    );
  }

  #lastContinued(run: readonly MarginBlock[], first: number): number {
    let last = first;
    while (
      run[last + 1]?.mayContinue &&
      last - first < MAX_CONTINUED &&
      this.#parse(run, first, last + 1)?.length === 1
    ) {
      last++;
    }
    return last;
  }

  /** By the syntax of what follows, whether or not that is in the run. */
  #endAtOnce(run: readonly MarginBlock[], first: number): number | undefined {
    const start = run[first]?.start ?? 0;
    const lines = this.#lines.slice(start, start + MAX_LINES_AT_ONCE);
    const nodes = this.#readPiece(lines, (tree) => wholeNodes(tree, lines, this.#language));
    const end = nodes?.find((range) => range.start === 0)?.end;
    return end !== undefined && this.#ends.has(start + end) ? start + end : undefined;
  }

  /** Without the brackets that close at its end, when that is what is wrong. */
  #endBeforeClosing(run: readonly MarginBlock[], first: number): number | undefined {
    const { start = 0, closing } = run[first] ?? {};
    if (closing === undefined) return undefined;
    const lines = this.#lines.slice(start, closing);
    const statements = this.#readPiece(lines, (tree) => treeStatements(tree, lines, this.#language));
    const end = statements?.at(-1)?.end;
    return end === undefined ? undefined : start + end;
  }

  #lastTried(run: readonly MarginBlock[], first: number): number | undefined {
    for (let last = first + 1; last < Math.min(run.length, first + MAX_TRIED); last++) {
      if (this.#parse(run, first, last)) return last;
    }
    return undefined;
  }

  /** The statements of some blocks; undefined when there is a mistake in them. */
  #parse(run: readonly MarginBlock[], first: number, last: number): LineRange[] | undefined {
    const lines = this.#linesOf(run, first, last);
    return this.#readPiece(lines, (tree) => treeStatements(tree, lines, this.#language));
  }

  #readPiece<Result>(lines: readonly string[], read: (tree: Tree) => Result): Result | undefined {
    const text = lines.join('\n');
    this.#budget -= text.length;
    return this.#budget < 0 ? undefined : this.#parser.readPiece(text, read);
  }

  #linesOf(run: readonly MarginBlock[], first: number, last: number): readonly string[] {
    return this.#lines.slice(run[first]?.start, (run[last]?.end ?? -1) + 1);
  }
}

/** Blocks next to each other that are not taken. */
function runsOfOthers(blocks: readonly MarginBlock[], taken: ReadonlySet<number>): MarginBlock[][] {
  const runs: MarginBlock[][] = [];
  let run: MarginBlock[] | undefined;
  for (const [index, block] of blocks.entries()) {
    if (taken.has(index)) run = undefined;
    else if (run) run.push(block);
    else {
      run = [block];
      runs.push(run);
    }
  }
  return runs;
}
