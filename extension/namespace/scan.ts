/** Python, or JavaScript and TypeScript. */
export type Syntax = 'python' | 'script';

export interface Token {
  /** `text`: a string with code in it, or a part of one; `newline`: the end of a line that ends a statement, in Python. */
  readonly kind: 'name' | 'number' | 'string' | 'text' | 'punctuation' | 'newline';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Brackets that are open around it. */
  readonly depth: number;
  /** False for a string that has no end. */
  readonly closed: boolean;
}

export interface Scan {
  /** The last of them: see `MAX_TOKENS`. */
  readonly tokens: readonly Token[];
  /** What more text would belong to. `string`: the last token. `text`: a string with code in it, or one of several lines. */
  readonly ending: 'code' | 'comment' | 'string' | 'text';
}

/** Tokens that are kept: an expression before the cursor has fewer. */
const MAX_TOKENS = 400;
/** Strings with code in strings with code. What lies deeper counts as text, to the end. */
const MAX_NESTING = 50;

const NAME: Record<Syntax, RegExp> = {
  python: /[\p{ID_Start}_][\p{ID_Continue}]*/uy,
  script: /#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy,
};
const NUMBER = /(?:0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)[jJn]?/y;
const PUNCTUATION = /\?\.(?!\d)|=>|[=!<>:]=+|[^\s]/uy;
const PYTHON_STRING = /([rRuUbBfFtT]{0,2})("""|'''|"|')/y;
const OPENING = new Set(['(', '[', '{']);
const CLOSING = new Set([')', ']', '}']);
/** Words behind which a slash starts a regular expression. */
const BEFORE_REGEXP = /^(return|typeof|instanceof|in|of|new|delete|void|throw|case|do|else|await|yield)$/;

/** The tokens of a text, also of one that breaks off anywhere. Knows strings, comments, regular expressions and code in strings. */
export function scan(text: string, syntax: Syntax): Scan {
  return new Scanner(text, syntax).run();
}

class Scanner {
  readonly #text: string;
  readonly #syntax: Syntax;
  #tokens: Token[] = [];
  #at = 0;
  #depth = 0;
  #nesting = 0;
  #ending: Scan['ending'] = 'code';

  constructor(text: string, syntax: Syntax) {
    this.#text = text;
    this.#syntax = syntax;
  }

  run(): Scan {
    this.#code(null);
    return { tokens: this.#tokens, ending: this.#ending };
  }

  /** Reads code to the end of the text, or to the bracket that closes the code in a string. */
  #code(within: { readonly quote: string } | null): void {
    const base = this.#depth;
    while (this.#at < this.#text.length) {
      this.#ending = 'code';
      if (this.#skipBlank() || this.#skipComment()) continue;
      if (within && this.#depth === base && this.#text[this.#at] === '}') return;
      if (within && this.#syntax === 'python' && this.#depth === base && this.#endsCodeInString(within.quote)) return;
      if (this.#string() || this.#regexp()) continue;
      if (this.#match(NAME[this.#syntax], 'name') || this.#match(NUMBER, 'number')) continue;
      this.#punctuation();
    }
  }

  #skipBlank(): boolean {
    const character = this.#text[this.#at] ?? '';
    const continued = this.#syntax === 'python' ? /^\\\r?\n/.exec(this.#text.slice(this.#at, this.#at + 3)) : null;
    if (character === '\n' && this.#syntax === 'python' && this.#depth === 0) this.#push('newline', this.#at + 1);
    else if (continued) this.#at += continued[0].length;
    else if (/\s/.test(character)) this.#at++;
    else return false;
    return true;
  }

  #skipComment(): boolean {
    const { [this.#at]: first, [this.#at + 1]: second } = this.#text;
    const line = this.#syntax === 'python' ? first === '#' : first === '/' && second === '/';
    const block = this.#syntax === 'script' && first === '/' && second === '*';
    if (!line && !block) return false;
    const end = this.#text.indexOf(line ? '\n' : '*/', this.#at + (line ? 0 : 2));
    if (end < 0) this.#ending = 'comment';
    this.#at = end < 0 ? this.#text.length : end + (line ? 0 : 2);
    return true;
  }

  /** A format or a conversion, or the string's own end where somebody has not finished the code in it. */
  #endsCodeInString(quote: string): boolean {
    const rest = this.#text[this.#at];
    if (rest === ':' || (rest === '!' && this.#text[this.#at + 1] !== '=')) return true;
    // Since Python 3.12 the same quote may stand for a string of its own there: behind a bracket it does.
    return this.#text.startsWith(quote, this.#at) && !OPENING.has(this.#tokens.at(-1)?.text ?? '');
  }

  #string(): boolean {
    if (this.#syntax === 'script') {
      const quote = this.#text[this.#at] ?? '';
      if (quote === '`') this.#interpolated(1, '`', '${');
      else if (quote === '"' || quote === "'") this.#plain(1, quote);
      else return false;
      return true;
    }
    PYTHON_STRING.lastIndex = this.#at;
    const found = PYTHON_STRING.exec(this.#text);
    const [opening = '', prefix = '', quote = ''] = found ?? [];
    if (!found) return false;
    if (/[ft]/i.test(prefix)) this.#interpolated(opening.length, quote, '{');
    else this.#plain(opening.length, quote);
    return true;
  }

  /** A string without code. One of a single line ends with that line, whatever its writer forgot. */
  #plain(opening: number, quote: string): void {
    const stop = quote.length === 3 ? quote : new RegExp(`${quote}|\n`);
    let end = this.#at + opening;
    for (; end < this.#text.length; end++) {
      if (this.#text[end] === '\\') end++;
      else if (typeof stop === 'string' ? this.#text.startsWith(stop, end) : stop.test(this.#text[end] ?? '')) break;
    }
    const closed = this.#text.startsWith(quote, end);
    if (end >= this.#text.length) this.#ending = quote.length === 3 ? 'text' : 'string';
    this.#push('string', Math.min(end + (closed ? quote.length : 0), this.#text.length), closed);
  }

  /** A string with code in it: the text and the code by turns. */
  #interpolated(opening: number, quote: string, mark: '{' | '${'): void {
    let next: number | undefined = this.#at + opening;
    while (next !== undefined) {
      const end = this.#endOfText(next, quote, mark);
      if (end.closes || end.at >= this.#text.length) {
        this.#push('text', end.at);
        if (!end.closes) this.#ending = 'text';
        return;
      }
      next = this.#nested(end.at, quote, mark);
    }
  }

  /** The end of a string's text: behind its closing quote, at the code in it, or at the end of everything. */
  #endOfText(start: number, quote: string, mark: '{' | '${'): { readonly at: number; readonly closes: boolean } {
    const text = this.#text;
    const python = mark === '{';
    for (let at = start; at < text.length; at++) {
      if (text.startsWith(quote, at)) return { at: at + quote.length, closes: true };
      if (python && quote.length === 1 && text[at] === '\n') return { at, closes: true };
      const doubled = python && (text.startsWith('{{', at) || text.startsWith('}}', at));
      if (text[at] === '\\' || doubled) at++;
      else if (text.startsWith(mark, at)) return { at: this.#nesting < MAX_NESTING ? at : text.length, closes: false };
    }
    return { at: text.length, closes: false };
  }

  /** Reads the code behind `mark`. @returns where the text goes on, undefined when all of it ends in that code. */
  #nested(start: number, quote: string, mark: '{' | '${'): number | undefined {
    this.#push('text', start);
    this.#push('punctuation', start + mark.length);
    const depth = this.#depth++;
    this.#nesting++;
    this.#ending = 'code';
    this.#code({ quote });
    this.#nesting--;
    this.#depth = depth;
    if (this.#at >= this.#text.length) return undefined;
    return this.#text.startsWith(quote, this.#at) ? this.#at : this.#at + 1;
  }

  #regexp(): boolean {
    if (this.#syntax === 'python' || this.#text[this.#at] !== '/') return false;
    const last = this.#tokens.at(-1);
    const isValue =
      last !== undefined &&
      ((last.kind === 'name' && !BEFORE_REGEXP.test(last.text)) ||
        last.kind === 'number' ||
        last.kind === 'string' ||
        last.kind === 'text' ||
        CLOSING.has(last.text));
    if (isValue) return false;
    const found = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
    found.lastIndex = this.#at;
    const [regexp] = found.exec(this.#text) ?? [];
    if (regexp === undefined) return false;
    this.#push('text', this.#at + regexp.length);
    return true;
  }

  #match(pattern: RegExp, kind: 'name' | 'number'): boolean {
    pattern.lastIndex = this.#at;
    const [text] = pattern.exec(this.#text) ?? [];
    // A member `.5` would be no number: the dot belongs to what stands before it.
    if (text === undefined || (kind === 'number' && text.startsWith('.') && this.#tokens.at(-1)?.kind === 'name'))
      return false;
    this.#push(kind, this.#at + text.length);
    return true;
  }

  #punctuation(): void {
    PUNCTUATION.lastIndex = this.#at;
    const [text = this.#text[this.#at] ?? ''] = PUNCTUATION.exec(this.#text) ?? [];
    if (CLOSING.has(text)) this.#depth = Math.max(0, this.#depth - 1);
    this.#push('punctuation', this.#at + text.length);
    if (OPENING.has(text)) this.#depth++;
  }

  #push(kind: Token['kind'], end: number, closed = true): void {
    const stop = Math.min(end, this.#text.length);
    const text = this.#text.slice(this.#at, stop);
    this.#tokens.push({ kind, text, start: this.#at, end: stop, depth: this.#depth, closed });
    if (this.#tokens.length > 2 * MAX_TOKENS) this.#tokens = this.#tokens.slice(-MAX_TOKENS);
    this.#at = stop;
  }
}
