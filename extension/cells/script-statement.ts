import { type FindStatement, type LineRange, rangeAtOrAfter } from './line-range.ts';
import { outerTokens, type Token } from './script-tokens.ts';

/** Words in front of a declaration that do not say what it is. */
const MODIFIERS = new Set(['export', 'default', 'declare', 'abstract', 'async']);
/** Statements that end with the `}` of their block. */
const BLOCK_STATEMENTS = new Set([
  ...['function', 'class', 'interface', 'enum', 'namespace', 'module'],
  ...['if', 'for', 'while', 'do', 'try', 'switch', 'with', '{'],
]);
const CONTROL_HEADS = new Set(['if', 'for', 'while', 'with', 'await']);
/** A line that ends with one of these goes on. */
const OPEN_WORDS = new Set([
  ...['const', 'let', 'var', 'new', 'in', 'instanceof', 'await', 'case', 'extends', 'implements'],
  ...[
    'import',
    'export',
    'default',
    'function',
    'class',
    'interface',
    'enum',
    'namespace',
    'else',
    'do',
    'try',
    'finally',
  ],
]);
/** A line that starts with one of these continues the one before. */
const JOINING_WORDS = new Set(['in', 'instanceof', 'as', 'satisfies', 'extends', 'implements', 'from']);
const JOINING_CLAUSES = new Set(['else', 'catch', 'finally']);
/** `>` closes type arguments far more often than it compares across a line break; `!` is the non-null mark there. */
const ENDING_MARKS = new Set([')', ']', '}', '++', '--', '>', '!', ';']);
const STARTING_MARKS = new Set(['{', '@', '!', '~', '++', '--', '...', ';', '#']);
/** Unclosed brackets that are stepped over before the rest of the file is left alone. */
const MAX_RESTARTS = 20;

/** The outermost JavaScript or TypeScript statement at a line. */
export const scriptStatementAt: FindStatement = (lines, line) => rangeAtOrAfter(scriptStatements(lines), line);

/** Every outermost statement, in whole lines: two statements that share a line are one. */
export function scriptStatements(lines: readonly string[]): LineRange[] {
  const statements: LineRange[] = [];
  let offset = 0;
  for (let restart = 0; restart <= MAX_RESTARTS && offset < lines.length; restart++) {
    const { tokens, unclosed } = outerTokens(lines.slice(offset).join('\n'));
    for (const { start, end } of split(tokens)) {
      const last = unclosed !== undefined && end >= unclosed;
      // The line of an unclosed bracket stands alone, and running it shows the error.
      statements.push({ start: start + offset, end: (last ? Math.max(start, unclosed) : end) + offset });
    }
    if (unclosed === undefined) break;
    offset += unclosed + 1;
  }
  return statements;
}

function split(tokens: readonly Token[]): LineRange[] {
  const ranges: LineRange[] = [];
  let statement: Token[] = [];
  for (const token of tokens) {
    const previous = statement.at(-1);
    if (previous && token.line > previous.endLine && !joins(statement, previous, token)) {
      ranges.push(rangeOf(statement));
      statement = [];
    }
    statement.push(token);
  }
  if (statement.length > 0) ranges.push(rangeOf(statement));
  return ranges;
}

function rangeOf(statement: readonly Token[]): LineRange {
  return { start: statement[0]?.line ?? 0, end: statement.at(-1)?.endLine ?? 0 };
}

/** Whether a line break between two tokens is inside one statement: the rules of automatic semicolon insertion, and some taste. */
function joins(statement: readonly Token[], previous: Token, next: Token): boolean {
  if (previous.text === ';') return false;
  if (isKeyword(next) && JOINING_CLAUSES.has(next.text)) return true;
  const head = headOf(statement);
  if (head === 'do' && next.text === 'while') return true;
  if (statement[0]?.text === '@' && !statement.some((it) => it.text === 'class')) return true;
  if (head !== undefined && BLOCK_STATEMENTS.has(head)) {
    if (previous.text === '}') return false;
    if (next.text === '{') return true;
    if (previous.text === ')' && closesControlHead(statement) && head !== 'do') return true;
  }
  if (endsImport(statement, previous)) return next.text === 'with';
  if (isKeyword(previous) && OPEN_WORDS.has(previous.text)) return true;
  if (previous.kind === 'punctuation' && !ENDING_MARKS.has(previous.text)) return true;
  if (isKeyword(next)) return JOINING_WORDS.has(next.text);
  // A template after an expression is its tag's argument.
  if (next.kind === 'literal') return next.text === '';
  return next.kind === 'punctuation' && !STARTING_MARKS.has(next.text);
}

/** The module's name ends a declaration: what follows cannot be a call of it. */
function endsImport([first, second]: readonly Token[], previous: Token): boolean {
  const declares = first?.text === 'import' && second?.text !== '(' && second?.text !== '.';
  return declares && previous.kind === 'literal';
}

function isKeyword(token: Token): boolean {
  return token.kind === 'word' && !token.property;
}

/** The first word that says what kind of statement it is. */
function headOf(statement: readonly Token[]): string | undefined {
  if (statement[0]?.text === '@') return 'class';
  return statement.find((token) => !MODIFIERS.has(token.text))?.text;
}

/** Whether the last `)` belongs to an `if (…)`, `for (…)`, `while (…)` whose body comes next. */
function closesControlHead(statement: readonly Token[]): boolean {
  const opening = statement.findLastIndex((token) => token.text === '(');
  return CONTROL_HEADS.has(statement[opening - 1]?.text ?? '');
}
