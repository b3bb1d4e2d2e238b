import type { Tree } from '@vscode/tree-sitter-wasm';
import type { LanguageId } from '../../backend/workers/language.ts';
import { type LineRange, mergeSharedLines } from './line-range.ts';
import { type MarginBlock, marginBlocks } from './margin-blocks.ts';
import type { TextParser } from './syntax-trees.ts';
import { treeStatements, wholeNodes } from './tree-statements.ts';

/** Blocks in front of the cursor in which a statement that is broken is looked for. */
const MAX_BLOCKS_BEFORE = 100;
/** Blocks that one statement may take in, when it can only be found by trying. */
const MAX_TRIED = 8;
const MAX_TRIED_AT_ONCE = 60;

/**
 * The statements around a line of a text that does not parse: those that are whole as the parser sees them, and what stands between
 * them block by block, so that a mistake costs the statement that it is in and no other.
 */
export function statementsOfBroken(
  lines: readonly string[],
  line: number,
  language: LanguageId,
  tree: Tree,
  parser: TextParser,
): LineRange[] {
  const blocks = marginBlocks(lines, language);
  const byStart = new Map(blocks.map((block, index) => [block.start, index]));
  const byEnd = new Map(blocks.map((block, index) => [block.end, index]));
  const whole = wholeNodes(tree).filter(({ start, end }) => byStart.has(start) && byEnd.has(end));
  const taken = new Set<number>();
  for (const { start, end } of whole) {
    for (let index = byStart.get(start) ?? 0; index <= (byEnd.get(end) ?? -1); index++) taken.add(index);
  }
  const between: LineRange[] = [];
  for (const run of runsOfOthers(blocks, taken)) {
    if ((run.at(-1)?.end ?? -1) < line) continue;
    between.push(...readBlocks(lines, run, line, parser));
    break;
  }
  return mergeSharedLines([...whole, ...between].sort((one, other) => one.start - other.start));
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

/** Statements of a run of blocks, up to the one at or after the line. */
function readBlocks(
  lines: readonly string[],
  run: readonly MarginBlock[],
  line: number,
  parser: TextParser,
): LineRange[] {
  const found: LineRange[] = [];
  const near = run.findIndex((block) => block.end >= line);
  for (let first = Math.max(0, near - MAX_BLOCKS_BEFORE); first < run.length; ) {
    const last = lastBlockOfStatement(lines, run, first, parser);
    const range = { start: run[first]?.start ?? 0, end: run[last]?.end ?? 0 };
    found.push(range);
    if (range.end >= line) break;
    first = last + 1;
  }
  return found;
}

/** A block that parses in no company stands alone: running it shows what is wrong with it. */
function lastBlockOfStatement(
  lines: readonly string[],
  run: readonly MarginBlock[],
  first: number,
  parser: TextParser,
): number {
  const statements = (last: number) => readWhole(textOf(lines, run, first, last), parser);
  if (statements(first)) {
    let last = first;
    while (run[last + 1]?.mayContinue && statements(last + 1)?.length === 1) last++;
    return last;
  }
  const start = run[first]?.start ?? 0;
  const ahead = textOf(lines, run, first, Math.min(run.length, first + MAX_TRIED_AT_ONCE) - 1);
  const end = parser.readPiece(ahead, (tree) => wholeNodes(tree).find((range) => range.start === 0)?.end);
  const atOnce = end === undefined ? -1 : run.findIndex((block) => block.end === start + end);
  if (atOnce > first) return atOnce;
  for (let last = first + 1; last < Math.min(run.length, first + MAX_TRIED); last++) {
    if (statements(last)) return last;
  }
  return first;
}

/** The statements of a text without a mistake; undefined when there is one. */
function readWhole(text: string, parser: TextParser): LineRange[] | undefined {
  return parser.readPiece(text, (tree) => (tree.rootNode.hasError ? undefined : treeStatements(tree)));
}

function textOf(lines: readonly string[], run: readonly MarginBlock[], first: number, last: number): string {
  return lines.slice(run[first]?.start, (run[last]?.end ?? -1) + 1).join('\n');
}
