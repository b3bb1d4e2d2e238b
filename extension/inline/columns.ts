/** Characters that take the room of two: East Asian writing and emoji. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;

/** Columns of a line of code up to which a result has all its room. */
const CODE_COLUMNS = 60;
const LEAST_COLUMNS = 30;

/** Columns that a line of text takes in a font whose characters are all of one width. Tabs go to the next multiple of `tabSize`. */
export function columnsOf(text: string, tabSize: number): number {
  let columns = 0;
  for (const character of text) columns += character === '\t' ? tabSize - (columns % tabSize) : widthOf(character);
  return columns;
}

/** As much of a line as fits into `columns`, with an ellipsis where something is left out. */
export function shortenTo(text: string, columns: number): string {
  let used = 0;
  let fitting = '';
  for (const character of text) {
    used += widthOf(character);
    if (used > columns) return `${cut(fitting, columns - 1)}…`;
    fitting += character;
  }
  return text;
}

/**
 * Columns for a result behind so many columns of code. No extension knows how wide an editor is, so a long line leaves its result
 * less room.
 */
export function room(maxLength: number, codeColumns: number): number {
  return Math.max(Math.min(maxLength, LEAST_COLUMNS), maxLength - Math.max(0, codeColumns - CODE_COLUMNS));
}

/** The beginning that fits, without an ellipsis. */
function cut(text: string, columns: number): string {
  let used = 0;
  let fitting = '';
  for (const character of text) {
    used += widthOf(character);
    if (used > columns) break;
    fitting += character;
  }
  return fitting;
}

function widthOf(character: string): number {
  // Marks count too, though they take no room: a pile of thousands must not pass.
  return character > '\u02ff' && WIDE.test(character) ? 2 : 1;
}
