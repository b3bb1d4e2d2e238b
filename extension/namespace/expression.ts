import { type Scan, type Syntax, scan, type Token } from './scan.ts';

/** A chain of names, attributes and literal subscripts, as it may be asked for without running code. */
export interface Chain {
  /** For example `frame["price"].values`. */
  readonly expression: string;
  /** The name that it starts with. */
  readonly root: string;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

/** What a completion is wanted for, and what of it has been typed. */
export type CompletionContext =
  | { readonly kind: 'names'; readonly prefix: string }
  | { readonly kind: 'attributes'; readonly of: Chain; readonly prefix: string }
  /** `quote` is the one that has been typed, null when none has. */
  | { readonly kind: 'keys'; readonly of: Chain; readonly prefix: string; readonly quote: string | null };

/** Characters before the place that are read. Further back a string may have begun; then there is no answer. */
const MAX_CHARACTERS = 1_000_000;
const MAX_EXPRESSION = 2000;
const ACCESS = new Set(['.', '?.']);
/** Words behind which a name is made or comes from elsewhere. */
const BEFORE_NEW_NAME: Record<Syntax, ReadonlySet<string>> = {
  python: new Set(['def', 'class', 'import', 'from', 'as', 'for', 'global', 'nonlocal']),
  script: new Set(['function', 'class', 'const', 'let', 'var', 'import', 'interface', 'type', 'enum']),
};

/** The chain under a place in the text, up to the name or key there. Null in comments, strings, calls and everything else. */
export function expressionAt(text: string, offset: number, syntax: Syntax): Chain | null {
  if (offset > MAX_CHARACTERS) return null;
  const lineEnd = text.indexOf('\n', offset);
  const { tokens } = scan(text.slice(0, lineEnd < 0 ? text.length : lineEnd).slice(0, MAX_CHARACTERS), syntax);
  const at = tokens.findLastIndex(({ kind, start, end }) => kind === 'name' && start <= offset && offset <= end);
  if (at >= 0) return isKeyOrArgument(tokens, at, syntax) ? null : chainEndingAt(tokens, at);
  const literal = tokens.findLastIndex(({ start, end }) => start < offset && offset < end);
  return tokens[literal + 1]?.text === ']' && literal > 0 ? chainEndingAt(tokens, literal + 1) : null;
}

/** What may be completed at the end of the text, the cursor. Null in comments, in strings that are no keys, and behind calls. */
export function completionAt(text: string, syntax: Syntax): CompletionContext | null {
  if (text.length > MAX_CHARACTERS) return null;
  const found = scan(text, syntax);
  return found.ending === 'string' ? keyInQuotes(found) : found.ending === 'code' ? inCode(found, text, syntax) : null;
}

function keyInQuotes({ tokens }: Scan): CompletionContext | null {
  const string = tokens.at(-1);
  const [, quote, prefix] = /^[uU]?(["'])([^\\]*)$/s.exec(string?.text ?? '') ?? [];
  if (quote === undefined || prefix === undefined || tokens.at(-2)?.text !== '[') return null;
  const of = chainEndingAt(tokens, tokens.length - 3);
  return of && { kind: 'keys', of, prefix, quote };
}

function inCode({ tokens }: Scan, text: string, syntax: Syntax): CompletionContext | null {
  const last = tokens.at(-1);
  const typed = last?.kind === 'name' && last.end === text.length ? last : undefined;
  const before = tokens.at(typed ? -2 : -1);
  const end = tokens.length - (typed ? 3 : 2);
  const prefix = typed?.text ?? '';
  if (before && ACCESS.has(before.text)) {
    const of = chainEndingAt(tokens, end);
    return of && { kind: 'attributes', of, prefix };
  }
  if (typed) return BEFORE_NEW_NAME[syntax].has(before?.text ?? '') ? null : { kind: 'names', prefix };
  if (before?.text !== '[' || before.end !== text.trimEnd().length) return null;
  const of = chainEndingAt(tokens, end);
  return of && { kind: 'keys', of, prefix: '', quote: null };
}

/** Reads a chain from its last token, a name or a closing bracket, back to its first. */
function chainEndingAt(tokens: readonly Token[], last: number): Chain | null {
  const parts: string[] = [];
  for (let at = last; ; ) {
    const token = tokens[at];
    if (token?.text === ']' && token.kind === 'punctuation') {
      const key = literalAt(tokens, at - 1);
      if (!key || tokens[key.start - 1]?.text !== '[') return null;
      parts.push(`[${key.text}]`);
      at = key.start - 2;
      // `a?.["b"]`
      if (tokens[at]?.text === '?.') at--;
      continue;
    }
    if (token?.kind !== 'name') return null;
    const access = tokens[at - 1];
    if (access && ACCESS.has(access.text)) {
      parts.push(`.${token.text}`);
      at -= 2;
      continue;
    }
    const expression = token.text + parts.reverse().join('');
    const end = tokens[last]?.end ?? token.end;
    return expression.length > MAX_EXPRESSION ? null : { expression, root: token.text, start: token.start, end };
  }
}

/** A string or a number in brackets, with its sign. `start`: its first token. */
function literalAt(tokens: readonly Token[], at: number): { readonly start: number; readonly text: string } | null {
  const token = tokens[at];
  if (token?.kind === 'string' && token.closed) return { start: at, text: token.text };
  if (token?.kind !== 'number') return null;
  return tokens[at - 1]?.text === '-' ? { start: at - 1, text: `-${token.text}` } : { start: at, text: token.text };
}

/** `name=` in a call, and `name:` in an object of JavaScript: names of something else. */
function isKeyOrArgument(tokens: readonly Token[], at: number, syntax: Syntax): boolean {
  const { [at - 1]: before, [at]: token, [at + 1]: after } = tokens;
  if (!token || token.depth === 0 || !before) return false;
  if (after?.text === '=') return before.text === '(' || before.text === ',';
  return syntax === 'script' && after?.text === ':' && (before.text === '{' || before.text === ',');
}
