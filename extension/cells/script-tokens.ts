/** A token of JavaScript or TypeScript outside of brackets; brackets themselves are tokens, what is in them is not. */
export interface Token {
  readonly text: string;
  readonly kind: 'word' | 'literal' | 'punctuation';
  /** 0-based line of its first and last character. */
  readonly line: number;
  readonly endLine: number;
  /** A word after a dot: never a keyword. */
  readonly property: boolean;
}

const SPACE = /[^\S\n]+/y;
const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\.?\d[\w.]*/y;
const LINE_COMMENT = /\/\/[^\n]*|^#![^\n]*/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/y;
/** A quote that is not closed ends with its line. */
const STRING = /(["'])(?:\\[\s\S]|(?!\1)[^\\\n])*\1?/y;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\p{ID_Continue}*/uy;
const PUNCTUATION = /=>|\?\.(?!\d)|\.\.\.|\+\+|--|&&|\|\||\?\?|\*\*|[-+*/%&|^<>=!]=+|[^\s]/uy;
/** Up to the next interpolation or the end of a template. */
const TEMPLATE = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*(?:`|\$\{|$)/y;

/** After these a slash starts a regular expression. */
const BEFORE_REGEX = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'do',
  'else',
  'await',
]);
const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The tokens outside of brackets, and the line of the outermost bracket that is never closed, if there is one. */
export function outerTokens(text: string): { tokens: Token[]; unclosed: number | undefined } {
  const tokens: Token[] = [];
  /** Open brackets, templates and interpolations, with their lines. */
  const open: { text: string; line: number }[] = [];
  let position = 0;
  let line = 0;
  let previous: Pick<Token, 'text' | 'kind' | 'property'> | undefined;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    return pattern.exec(text)?.[0];
  };
  const advance = (part: string) => {
    position += part.length;
    for (let at = part.indexOf('\n'); at !== -1; at = part.indexOf('\n', at + 1)) line++;
  };
  const take = (part: string, kind: Token['kind'], depth: number, start = line) => {
    advance(part);
    const property = kind === 'word' && (previous?.text === '.' || previous?.text === '?.');
    previous = { text: part, kind, property };
    if (depth === 0) tokens.push({ text: part, kind, line: start, endLine: line, property });
  };
  const template = () => {
    const part = match(TEMPLATE) ?? '';
    advance(part);
    if (part.endsWith('${')) open.push({ text: '${', line });
    else if (part.endsWith('`')) {
      const start = open.pop()?.line ?? line;
      take('', 'literal', open.length, start);
      previous = { text: '`', kind: 'literal', property: false };
    }
  };

  while (position < text.length) {
    if (text[position] === '\n') {
      advance('\n');
      continue;
    }
    const skipped = match(SPACE) ?? match(LINE_COMMENT) ?? match(BLOCK_COMMENT);
    if (skipped) {
      advance(skipped);
      continue;
    }
    if (text[position] === '`') {
      open.push({ text: '`', line });
      advance('`');
      template();
      continue;
    }
    const literal = match(STRING) ?? match(NUMBER) ?? (regexAllowed(previous) ? match(REGEX) : undefined);
    if (literal) {
      take(literal, 'literal', open.length);
      continue;
    }
    const word = match(WORD);
    if (word) {
      take(word, 'word', open.length);
      continue;
    }
    const mark = match(PUNCTUATION) ?? (text[position] as string);
    if (mark === '}' && open.at(-1)?.text === '${') {
      open.pop();
      advance('}');
      template();
    } else if ('([{'.includes(mark)) {
      take(mark, 'punctuation', open.length);
      open.push({ text: mark, line });
    } else if (mark in CLOSING) {
      if (open.at(-1)?.text === CLOSING[mark]) open.pop();
      take(mark, 'punctuation', open.length);
    } else take(mark, 'punctuation', open.length);
  }
  return { tokens, unclosed: open[0]?.line };
}

function regexAllowed(previous: Pick<Token, 'text' | 'kind' | 'property'> | undefined): boolean {
  if (!previous) return true;
  if (previous.kind === 'word') return !previous.property && BEFORE_REGEX.has(previous.text);
  return (
    previous.kind === 'punctuation' && !(previous.text in CLOSING) && previous.text !== '++' && previous.text !== '--'
  );
}
