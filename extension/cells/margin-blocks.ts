import type { LanguageId } from '../../backend/workers/language.ts';
import type { LineRange } from './line-range.ts';

/** A line at the margin that begins something, with what stands below it up to the next one, without comments at its end. */
export interface MarginBlock extends LineRange {
  /** It may as well go on with the block above, as `(` does after an expression: only a parser can tell. */
  readonly mayContinue: boolean;
  /** Its last line, when that only closes brackets at the margin: they may be too many. */
  readonly closing: number | undefined;
}

const CLOSING = /^[)\]}]+[;,]?$/;

interface Marks {
  readonly comment: RegExp;
  /** A line that goes on with the block above, whatever that is. */
  readonly continues: RegExp;
  /** A branch, and what a block begins with that may have branches. */
  readonly branch: RegExp;
  readonly branched: RegExp;
  readonly mayContinue: RegExp | undefined;
}

const MARKS: Record<LanguageId, Marks> = {
  python: {
    comment: /^\s*#/,
    continues: /^(?:[)\]}.,]|(?:and|or)\b)/,
    branch: /^(?:elif|else|except|finally)\b/,
    branched: /^(?:async\s+)?(?:if|for|while|try)\b/,
    mayContinue: undefined,
  },
  javascript: {
    comment: /^\s*(?:\/\/|#!)/,
    continues: /^(?:[)\]}{.,?:=*%&|^>]|!=|(?:in|instanceof|as|satisfies|extends|implements|from)\b)/,
    branch: /^(?:else|catch|finally)\b/,
    branched: /^(?:(?:if|for|while|try|with)\b|\w+\s*:)/,
    mayContinue: /^(?:[([`</]|[-+](?![-+]))/,
  },
};

/**
 * Cuts text into blocks by its margin alone, without reading it: what is left when a text cannot be parsed. Comment lines between
 * blocks belong to none.
 * @param inside lines that begin inside a string or comment, where they are known
 */
export function marginBlocks(
  lines: readonly string[],
  language: LanguageId,
  inside: (line: number) => boolean = () => false,
): MarginBlock[] {
  const { comment, continues, branch, branched, mayContinue } = MARKS[language];
  const code = codeLines(lines, comment, language);
  const margin = code.reduce(
    (least, line) => Math.min(least, indentation(lines[line] ?? '')),
    Number.POSITIVE_INFINITY,
  );
  const blocks: { start: number; end: number; mayContinue: boolean; closing: number | undefined }[] = [];
  for (const line of code) {
    const text = (lines[line] ?? '').trimStart();
    const last = blocks.at(-1);
    const belongs =
      last !== undefined &&
      !CONFLICT.test(text) &&
      (indentation(lines[line] ?? '') > margin ||
        continues.test(text) ||
        (branch.test(text) && branched.test((lines[last.start] ?? '').trimStart())) ||
        inside(line) ||
        endsOpen(lines, last, line, language));
    if (belongs) {
      const closes = indentation(lines[line] ?? '') === margin && CLOSING.test(text.trimEnd());
      last.closing = closes ? line : undefined;
      last.end = line;
    } else {
      blocks.push({ start: line, end: line, mayContinue: mayContinue?.test(text) ?? false, closing: undefined });
    }
  }
  return blocks;
}

/** What a merge leaves around text in conflict. */
const CONFLICT = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/;

const DECORATED = /^(?:@.*\s)?(?:async\s+def|def|class|export|abstract)\b/;

/** After a backslash, a decorator, or a `do` whose `while` is still to come. */
function endsOpen(lines: readonly string[], block: LineRange, next: number, language: LanguageId): boolean {
  const first = (lines[block.start] ?? '').trimStart();
  if (first.startsWith('@')) {
    return !lines.slice(block.start, block.end + 1).some((line) => DECORATED.test(line.trimStart()));
  }
  if (language === 'python') return lines[block.end]?.endsWith('\\') ?? false;
  return /^do\b/.test(first) && /^while\b/.test((lines[next] ?? '').trimStart());
}

function codeLines(lines: readonly string[], comment: RegExp, language: LanguageId): number[] {
  const code: number[] = [];
  let inComment = false;
  for (const [index, line] of lines.entries()) {
    if (inComment) {
      inComment = !line.includes('*/');
      continue;
    }
    if (line.trim() === '' || comment.test(line)) continue;
    if (language === 'javascript' && /^\s*\/\*/.test(line)) {
      const closed = line.indexOf('*/');
      if (closed === -1 || line.slice(closed + 2).trim() === '') {
        inComment = closed === -1;
        continue;
      }
    }
    code.push(index);
  }
  return code;
}

/** Columns of white space in front, with tab stops every 8 as in Python's own tokenizer. */
export function indentation(text: string): number {
  let column = 0;
  for (const character of text) {
    if (character === ' ') column++;
    else if (character === '\t') column = (Math.floor(column / 8) + 1) * 8;
    else break;
  }
  return column;
}
