import Anser from 'anser';

/** How a run of text looks. Colours are names of the theme's 16 (`red`, `brightBlue`), `rgb(…)`, or those of text and page. */
export interface TextStyle {
  readonly foreground: string | undefined;
  readonly background: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
}

export interface StyledText {
  readonly text: string;
  readonly style: TextStyle;
}

/** Changes of colour that are drawn in one text: what comes after them is plain. Each is an element of the page. */
export const MAX_CHANGES = 2_000;

/** Any escape sequence of ECMA-48 but colours and fonts, and other control characters: text can neither move nor become a link. */
const HIDDEN =
  /\u001b\[[0-?]*[ -/]*[@-ln-~]|\u001b\[[<=>?][0-?]*[ -/]*m|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|\u001b\[[0-?]*[ -/]*$|\u001b(?!\[)[ -/]*[0-~]?|\u001b\[(?![0-?]*m)|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f\u009b]/g;
const COLOR = /\u001b\[[0-?]*m/g;

/** Reads text with colours piece by piece; each goes on with the style of the one before it. */
export class ColoredText {
  readonly #anser = new Anser();
  #changes = 0;

  read(text: string): StyledText[] {
    // 99 changes nothing: Anser gives text before the first sequence the style that comes after it.
    const prepared = `\u001b[99m${this.#bounded(text.replace(HIDDEN, ''))}`;
    return this.#anser
      .ansiToJson(prepared, { json: true, use_classes: true, remove_empty: true })
      .map((entry) => ({ text: entry.content, style: styleOf(entry) }));
  }

  #bounded(text: string): string {
    return text.replace(COLOR, (sequence) => {
      this.#changes += 1;
      // Some programs write `38:2:…` as the standard has it; most of them, and Anser, `38;2;…`.
      if (this.#changes < MAX_CHANGES) return sequence.replaceAll(':', ';');
      return this.#changes === MAX_CHANGES ? '\u001b[0m' : '';
    });
  }
}

/** Missing in Anser's own types. */
interface Entry extends Anser.AnserJsonEntry {
  readonly isInverted?: boolean;
}

function styleOf({ fg, bg, fg_truecolor, bg_truecolor, decorations, isInverted }: Entry): TextStyle {
  const has = (name: Anser.DecorationName) => decorations.includes(name);
  return {
    // Anser has swapped the two, with black and white in the place of a colour that is not set.
    foreground: isInverted && fg === 'ansi-black' ? 'background' : colorOf(fg, fg_truecolor),
    background: isInverted && bg === 'ansi-white' ? 'foreground' : colorOf(bg, bg_truecolor),
    bold: has('bold'),
    dim: has('dim'),
    italic: has('italic'),
    underline: has('underline'),
    strike: has('strikethrough'),
  };
}

/** From Anser's names, `ansi-bright-red`, `ansi-palette-123` and `ansi-truecolor` with `1, 2, 3`. */
function colorOf(name: string | null, channels: string | null): string | undefined {
  if (!name) return undefined;
  const kind = name.replace(/^ansi-/, '');
  if (kind === 'truecolor') return `rgb(${channels})`;
  const palette = /^palette-(\d+)$/.exec(kind)?.[1];
  if (palette !== undefined) return paletteColor(Number(palette));
  return kind.replace(/^bright-(.)/, (_, first: string) => `bright${first.toUpperCase()}`);
}

/** The cube of 216 colours and the greys behind it, as xterm has them. */
function paletteColor(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return `rgb(${level(Math.floor(cube / 36))}, ${level(Math.floor(cube / 6) % 6)}, ${level(cube % 6)})`;
}
