import type { Syntax } from './scan.ts';

const IDENTIFIER: Record<Syntax, RegExp> = {
  python: /^[\p{ID_Start}_]\p{ID_Continue}*$/u,
  script: /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u,
};

/** Whether code can name an attribute behind a dot. */
export function isIdentifier(name: string, syntax: Syntax): boolean {
  return IDENTIFIER[syntax].test(name);
}

/**
 * The code that names a key in brackets.
 * @param quote the one that has been typed, null for none
 * @param next the character behind the cursor: an editor that closes quotes by itself has put one there
 */
export function keyInsertion(key: string, quote: string | null, next: string, syntax: Syntax): string {
  const mark = quote ?? '"';
  const inner = escaped(key, mark, syntax);
  if (quote === null) return mark + inner + mark;
  return next === quote ? inner : inner + quote;
}

/** Nothing in a key may end the string, begin a line or hide. */
function escaped(key: string, quote: string, syntax: Syntax): string {
  return key
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => byNumber(character.codePointAt(0) ?? 0, syntax));
}

function byNumber(code: number, syntax: Syntax): string {
  const digits = code.toString(16);
  if (code <= 0xffff) return `\\u${digits.padStart(4, '0')}`;
  return syntax === 'python' ? `\\U${digits.padStart(8, '0')}` : `\\u{${digits}}`;
}
