import type { TextSegment } from '../protocol.ts';

/** A run of text that one stream wrote. */
export type Piece = TextSegment;

/**
 * The lines that a terminal would show: text after a carriage return replaces its line, as progress bars expect, and a backspace
 * takes the character before it.
 */
export function terminalLines(segments: readonly TextSegment[]): Piece[][] {
  const lines: Piece[][] = [[]];
  let returned = false;
  for (const { stream, text } of segments) {
    for (const [part] of text.matchAll(/\r\n|[\n\r]|[^\n\r]+/g)) {
      if (part === '\r') returned = true;
      else if (part.endsWith('\n')) {
        lines.push([]);
        returned = false;
      } else {
        if (returned) lines[lines.length - 1] = [];
        returned = false;
        lines.at(-1)?.push({ stream, text: withBackspaces(part) });
      }
    }
  }
  return lines;
}

function withBackspaces(text: string): string {
  let result = text;
  // In a regular expression `\b` means backspace only inside brackets.
  while (result.includes('\b')) result = result.replace(/[^\b][\b]|^[\b]+/g, '');
  return result;
}
