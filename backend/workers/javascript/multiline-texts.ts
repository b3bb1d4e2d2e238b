import type { TextSpan } from '../language.ts';

const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?|[/`{}]/g;
const IN_TEMPLATE = /\\[\s\S]|\$\{|`/g;
const REGULAR_EXPRESSION = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;
/** A slash after one of these words begins a regular expression; after another word it divides. */
const BEFORE_EXPRESSION =
  /(?:^|[^\w$.])(?:await|case|delete|do|else|in|instanceof|new|of|return|throw|typeof|void|yield)$/;
/** Templates without an end that are stepped over before the rest of the text is left alone. */
const MAX_UNCLOSED = 20;

/** Templates and comments over several lines. A template that is never closed counts as none. */
export function multilineTexts(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  let from = 0;
  for (let unclosed = 0; unclosed <= MAX_UNCLOSED; unclosed++) {
    const start = collect(text, from, spans);
    if (start === undefined) break;
    from = start + 1;
  }
  return spans;
}

/** @returns where an unclosed template starts. What follows it has not been looked at. */
function collect(text: string, from: number, spans: TextSpan[]): number | undefined {
  /** For each template that is open, from the outside: how many braces are open in its `${`. */
  const braces: number[] = [];
  let outermost = 0;
  TOKEN.lastIndex = from;
  for (let token = TOKEN.exec(text); token; token = TOKEN.exec(text)) {
    const [mark] = token;
    const depth = braces.at(-1);
    if (mark === '`') {
      if (braces.length === 0) outermost = token.index;
      braces.push(0);
    } else if (mark === '/') {
      skipRegularExpression(text, token.index);
    } else if (mark === '{' && depth !== undefined) {
      braces[braces.length - 1] = depth + 1;
    } else if (mark === '}' && depth !== undefined && depth > 0) {
      braces[braces.length - 1] = depth - 1;
    } else if (mark.startsWith('/*') && braces.length === 0) {
      add(text, { start: token.index, end: TOKEN.lastIndex }, spans);
    }
    const inText = mark === '`' || (mark === '}' && depth === 0);
    if (!inText) continue;
    // Comes out at the next `${`, or behind the end of the innermost template.
    if (!skipTemplateText(text)) return outermost;
    if (text[TOKEN.lastIndex - 1] === '`') {
      braces.pop();
      if (braces.length === 0) add(text, { start: outermost, end: TOKEN.lastIndex }, spans);
    }
  }
  return braces.length > 0 ? outermost : undefined;
}

/** Moves behind the next `${` or backtick. @returns whether there is one. */
function skipTemplateText(text: string): boolean {
  IN_TEMPLATE.lastIndex = TOKEN.lastIndex;
  for (let mark = IN_TEMPLATE.exec(text); mark; mark = IN_TEMPLATE.exec(text)) {
    if (mark[0].startsWith('\\')) continue;
    TOKEN.lastIndex = IN_TEMPLATE.lastIndex;
    return true;
  }
  return false;
}

function skipRegularExpression(text: string, at: number): void {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  if (/[\w$)\]}"'`]$/.test(before) && !BEFORE_EXPRESSION.test(before)) return;
  REGULAR_EXPRESSION.lastIndex = at;
  if (REGULAR_EXPRESSION.test(text)) TOKEN.lastIndex = REGULAR_EXPRESSION.lastIndex;
}

function add(text: string, span: TextSpan, spans: TextSpan[]): void {
  if (text.slice(span.start, span.end).includes('\n')) spans.push(span);
}
