import { stripVTControlCharacters } from 'node:util';

/** Formatting characters (zero-width, direction overrides, tags) and lone surrogates. The joiner inside an emoji is kept. */
const HIDDEN =
  /((?<=\p{Extended_Pictographic}|\u{fe0f}|\p{Emoji_Modifier})\u200d(?=\p{Extended_Pictographic}))|[\p{Cf}\p{Cs}]/gu;

/**
 * One line of a program's text in which nothing is hidden: colours are gone, control and formatting characters are shown by a
 * picture or by their number.
 */
export function visible(line: string): string {
  return stripVTControlCharacters(line)
    .replaceAll('\t', '  ')
    .replace(/[\u0000-\u001f]/g, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u2028\u2029]/g, byNumber)
    .replace(HIDDEN, (character, joiner: string | undefined) => joiner ?? byNumber(character));
}

/** A program's text for a place of VS Code that makes links of `[text](target)` and icons of `$(name)`: boxes and messages. */
export function plainText(text: string): string {
  return text.split(/\r?\n/).map(visible).join('\n').replaceAll('](', ']\u200b(').replaceAll('$(', '$\u200b(');
}

function byNumber(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
