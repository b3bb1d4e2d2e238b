import { plain } from './plain.ts';

/** Writes a line for a person. What names and texts hold that are not ours cannot command the terminal. */
export function print(text: string): void {
  process.stdout.write(`${plain(text)}\n`);
}

/** The same beside what is printed for programs. */
export function warn(text: string): void {
  process.stderr.write(`holdfast: ${plain(text)}\n`);
}

/** Writes a line of JSON. Control characters that JSON lets stand as they are are escaped, too: it may be read on a terminal. */
export function printJson(value: unknown): void {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  process.stdout.write(`${JSON.stringify(value).replace(/[\x7f-\x9f]/g, escaped)}\n`);
}
