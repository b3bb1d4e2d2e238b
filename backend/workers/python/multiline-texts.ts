import type { TextSpan } from '../language.ts';

const TOKEN = /#[^\n]*|"""|'''|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?/g;
const CLOSING: Readonly<Record<string, RegExp>> = {
  '"""': /\\[\s\S]|"""/g,
  "'''": /\\[\s\S]|'''/g,
};

/** Strings over several lines. Quotes that are never closed count as closed at the end of their line. */
export function multilineTexts(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  const unclosed = new Set<string>();
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token; token = TOKEN.exec(text)) {
    const closing = CLOSING[token[0]];
    let end: number | undefined = token.index + token[0].length;
    if (closing) end = unclosed.has(token[0]) ? undefined : endOfString(text, end, closing);
    if (end === undefined) {
      unclosed.add(token[0]);
      continue;
    }
    TOKEN.lastIndex = end;
    if (text.slice(token.index, end).includes('\n')) spans.push({ start: token.index, end });
  }
  return spans;
}

function endOfString(text: string, from: number, closing: RegExp): number | undefined {
  closing.lastIndex = from;
  for (let mark = closing.exec(text); mark; mark = closing.exec(text)) {
    if (!mark[0].startsWith('\\')) return closing.lastIndex;
  }
  return undefined;
}
