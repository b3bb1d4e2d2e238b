import type { Dialect } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import type { Language, TextSpan } from '../../backend/workers/language.ts';
import { BrokenText } from './broken-text.ts';
import { type LineRange, rangeAtOrAfter } from './line-range.ts';
import { indentation, marginBlocks } from './margin-blocks.ts';
import { Grammars, type TextParser } from './syntax-trees.ts';
import { treeStatements } from './tree-statements.ts';

/** Characters that are parsed as a whole. Of a longer text only the blocks around the cursor are. */
const MAX_PARSED = 300_000;
const BLOCKS_AROUND = 40;

/** Finds statements by their syntax. Pure text: it knows no editor. */
export class Statements {
  readonly #grammars: Grammars;
  readonly #report: (problem: string) => void;
  /** Of the last text that parses: the next cursor is asked for in the same one, as a rule. */
  #last: { readonly text: string; readonly dialect: Dialect; readonly statements: readonly LineRange[] } | undefined;

  /** @param folder absolute path of the grammars; @param report told when one of them cannot be used */
  constructor(folder: string, report: (problem: string) => void) {
    this.#grammars = new Grammars(folder);
    this.#report = report;
  }

  /**
   * The outermost statement at a line, in whole lines: with its decorators and all its branches, and with the statements that share
   * a line with it. On a blank or comment line between statements, the next one. Undefined when there is none.
   */
  async at(text: string, line: number, dialect: Dialect): Promise<LineRange | undefined> {
    const lines = text.split(/\r?\n/);
    const language = languageOfDialect(dialect);
    const parser = await this.#grammars.parser(dialect).catch((error: unknown) => {
      this.#report(`The parser of ${dialect} cannot be loaded, statements are found by their margin: ${error}`);
    });
    const parsed = parser && text.length <= MAX_PARSED ? this.#parsed(text, lines, line, dialect, parser) : undefined;
    const statements = parsed ?? statementsByMargin(text, lines, line, language, parser ?? undefined);
    const found = choose(statements, lines, line);
    return found && { start: found.start, end: found.end };
  }

  /** Undefined when parsing took too long. */
  #parsed(
    text: string,
    lines: readonly string[],
    line: number,
    dialect: Dialect,
    parser: TextParser,
  ): readonly LineRange[] | undefined {
    if (this.#last?.text === text && this.#last.dialect === dialect) return this.#last.statements;
    const { id } = languageOfDialect(dialect);
    return parser.read(text, (tree) => {
      const statements = treeStatements(tree, lines, id);
      if (statements) this.#last = { text, dialect, statements };
      return statements ?? new BrokenText(lines, id, parser).statements(tree, line);
    });
  }
}

/** The blocks of a text; around the line by their syntax, when they are short enough to be parsed. */
function statementsByMargin(
  text: string,
  lines: readonly string[],
  line: number,
  language: Language,
  parser: TextParser | undefined,
): readonly LineRange[] {
  const inside = linesInside(text, language.multilineTexts(text));
  const blocks = marginBlocks(lines, language.id, (at) => inside.has(at));
  const found = blocks.findIndex((block) => block.end >= line);
  const first = blocks[Math.max(0, found - BLOCKS_AROUND)];
  const last = blocks[Math.min(blocks.length - 1, found + BLOCKS_AROUND)];
  if (found === -1 || !first || !last || !parser) return blocks;
  const near = lines.slice(first.start, last.end + 1);
  const piece = near.join('\n');
  if (piece.length > MAX_PARSED) return blocks;
  const statements = parser.readPiece(
    piece,
    (tree) =>
      treeStatements(tree, near, language.id) ??
      new BrokenText(near, language.id, parser).statements(tree, line - first.start),
  );
  return statements?.map(({ start, end }) => ({ start: start + first.start, end: end + first.start })) ?? blocks;
}

function choose(statements: readonly LineRange[], lines: readonly string[], line: number): LineRange | undefined {
  const next = rangeAtOrAfter(statements, line);
  if (next && next.start <= line) return next;
  // A comment at the end of a body belongs to it, though the statement ends above it.
  const before = statements.findLast(({ end }) => end < line);
  const own = lines[line] ?? '';
  const closest = before && lines.slice(before.end + 1, line).every((text) => text.trim() !== '');
  const inBody = closest && before.end > before.start && indentation(own) > indentation(lines[before.start] ?? '');
  return inBody && own.trim() !== '' ? before : next;
}

function linesInside(text: string, spans: readonly TextSpan[]): ReadonlySet<number> {
  const inside = new Set<number>();
  let line = 0;
  let at = 0;
  for (const { start, end } of spans) {
    for (let next = text.indexOf('\n', at); next !== -1 && next < end; next = text.indexOf('\n', at)) {
      line++;
      at = next + 1;
      if (at > start) inside.add(line);
    }
  }
  return inside;
}
