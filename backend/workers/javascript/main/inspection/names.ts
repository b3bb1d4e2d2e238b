import { charCodeAt, stringify } from '../primordials.ts';

/** As `MAX_ACCESSOR` of the protocol's `Child`. */
const MAX_ACCESSOR = 2000;

/** What is written behind an object to get at a property; null when that would be too long. */
export function accessorOf(key: string): string | null {
  if (key.length > MAX_ACCESSOR / 2) return null;
  const accessor = isIdentifier(key) ? `.${key}` : `[${stringify(key)}]`;
  return accessor.length <= MAX_ACCESSOR ? accessor : null;
}

/** ASCII only: other names stand in brackets, which is right as well. */
function isIdentifier(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = charCodeAt(text, i);
    const letter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 36 || code === 95;
    if (!letter && (i === 0 || !isDigit(code))) return false;
  }
  return text !== '';
}

/** A key like an array's: digits only. */
export function isIndex(key: string): boolean {
  for (let i = 0; i < key.length; i++) if (!isDigit(charCodeAt(key, i))) return false;
  return key !== '';
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
