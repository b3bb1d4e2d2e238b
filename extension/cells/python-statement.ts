import { type FindStatement, type LineRange, rangeAtOrAfter } from './line-range.ts';

/** A line as Python's grammar sees it: what brackets, triple quotes and backslashes join. */
interface LogicalLine extends LineRange {
  readonly indent: number;
  readonly firstWord: string;
  readonly decorator: boolean;
}

/** Words that continue the compound statement above them at the same indentation. */
const CLAUSES = new Set(['elif', 'else', 'except', 'finally']);

/** The outermost Python statement at a line: with its decorators, its body and its `else`, `except`, `finally`. */
export const pythonStatementAt: FindStatement = (lines, line) => rangeAtOrAfter(pythonStatements(lines), line);

/** Every outermost statement of a text that may be incomplete or wrong. */
export function pythonStatements(lines: readonly string[]): LineRange[] {
  const statements: { start: number; end: number; indent: number; open: boolean }[] = [];
  for (const logical of logicalLines(lines)) {
    const last = statements.at(-1);
    const belongs =
      last &&
      (logical.indent > last.indent || last.open || (logical.indent === last.indent && CLAUSES.has(logical.firstWord)));
    if (belongs) {
      last.end = logical.end;
      // A decorator is open until the line that it decorates.
      last.open &&= logical.decorator || logical.indent > last.indent;
    } else {
      statements.push({ start: logical.start, end: logical.end, indent: logical.indent, open: logical.decorator });
    }
  }
  return statements.map(({ start, end }) => ({ start, end }));
}

function logicalLines(lines: readonly string[]): LogicalLine[] {
  const found: LogicalLine[] = [];
  for (let start = 0; start < lines.length; start++) {
    const first = lines[start] ?? '';
    const content = first.trimStart();
    if (content === '' || content.startsWith('#')) continue;
    const end = endOfLogicalLine(lines, start);
    found.push({
      start,
      end,
      indent: indentation(first),
      firstWord: /^\w+/.exec(content)?.[0] ?? '',
      decorator: content.startsWith('@'),
    });
    start = end;
  }
  return found;
}

/** Columns of white space in front, with tab stops every 8 as in Python's own tokenizer. */
function indentation(text: string): number {
  let column = 0;
  for (const character of text) {
    if (character === ' ') column++;
    else if (character === '\t') column = (Math.floor(column / 8) + 1) * 8;
    else break;
  }
  return column;
}

/** An unclosed bracket or quote would reach to the end of the file: then the line stands alone, and running it shows the error. */
function endOfLogicalLine(lines: readonly string[], start: number): number {
  let depth = 0;
  let quote: string | undefined;
  for (let index = start; index < lines.length; index++) {
    const text = lines[index] ?? '';
    let continued = false;
    for (let at = nextMark(text, 0); at !== -1; at = nextMark(text, at)) {
      const character = text[at] as string;
      if (character === '\\') {
        continued = at === text.length - 1;
        at += 2;
      } else if (quote) {
        const closes = text.startsWith(quote, at);
        at += closes ? quote.length : 1;
        if (closes) quote = undefined;
      } else if (character === '"' || character === "'") {
        const triple = character.repeat(3);
        quote = text.startsWith(triple, at) ? triple : character;
        at += quote.length;
      } else {
        if (character === '#') break;
        depth = '([{'.includes(character) ? depth + 1 : Math.max(0, depth - 1);
        at++;
      }
    }
    // A simple string ends with its line unless a backslash carries it on.
    if (quote?.length === 1 && !continued) quote = undefined;
    if (depth === 0 && quote === undefined && !continued) return index;
  }
  return start;
}

const MARK = /["'#()[\]{}\\]/g;

/** The position of the next character that can open or close something, or -1. */
function nextMark(text: string, from: number): number {
  MARK.lastIndex = from;
  return MARK.exec(text)?.index ?? -1;
}
