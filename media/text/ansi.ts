/** How a run of text looks. Colours are names of the theme's 16 (`red`, `brightBlue`) or `#rrggbb`. */
export interface TextStyle {
  readonly foreground?: string | undefined;
  readonly background?: string | undefined;
  readonly bold?: boolean | undefined;
  readonly dim?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly underline?: boolean | undefined;
  readonly inverse?: boolean | undefined;
  readonly strike?: boolean | undefined;
}

export interface StyledText {
  readonly text: string;
  readonly style: TextStyle;
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const PLAIN: TextStyle = {};

/** Any escape sequence of ECMA-48; only `m` (colours and fonts) has an effect, so that text can neither move nor become a link. */
const ESCAPE =
  /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|\u001b[ -/]*[0-~]?|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g;

/** Reads text with colours, going on from a style. */
export function parseAnsi(text: string, start: TextStyle = PLAIN): { parts: StyledText[]; end: TextStyle } {
  const parts: StyledText[] = [];
  let style = start;
  let position = 0;
  for (const match of text.matchAll(ESCAPE)) {
    if (match.index > position) parts.push({ text: text.slice(position, match.index), style });
    position = match.index + match[0].length;
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
  }
  if (position < text.length) parts.push({ text: text.slice(position), style });
  return { parts, end: style };
}

function applySgr(style: TextStyle, parameters: string): TextStyle {
  const codes = parameters.split(/[;:]/).map((code) => Number(code || 0));
  let next = style;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const { color, used } = extendedColor(codes.slice(index + 1));
      next = code === 38 ? { ...next, foreground: color } : { ...next, background: color };
      index += used;
    } else next = { ...(code === 0 ? PLAIN : next), ...simple(code) };
  }
  return next;
}

function simple(code: number): TextStyle {
  if (code >= 30 && code <= 37) return { foreground: NAMES[code - 30] };
  if (code >= 40 && code <= 47) return { background: NAMES[code - 40] };
  if (code >= 90 && code <= 97) return { foreground: bright(code - 90) };
  if (code >= 100 && code <= 107) return { background: bright(code - 100) };
  switch (code) {
    case 1:
      return { bold: true };
    case 2:
      return { dim: true };
    case 3:
      return { italic: true };
    case 4:
      return { underline: true };
    case 7:
      return { inverse: true };
    case 9:
      return { strike: true };
    case 22:
      return { bold: false, dim: false };
    case 23:
      return { italic: false };
    case 24:
      return { underline: false };
    case 27:
      return { inverse: false };
    case 29:
      return { strike: false };
    case 39:
      return { foreground: undefined };
    case 49:
      return { background: undefined };
    default:
      return PLAIN;
  }
}

/** `5;n` from the palette of 256, or `2;r;g;b`. */
function extendedColor([kind, ...values]: readonly number[]): { color: string | undefined; used: number } {
  const [first = 0, second = 0, third = 0] = values;
  if (kind === 5) return { color: paletteColor(first), used: 2 };
  if (kind === 2) return { color: hex(first, second, third), used: 4 };
  return { color: undefined, used: 1 };
}

function paletteColor(index: number): string {
  if (index < 8) return NAMES[index] ?? 'white';
  if (index < 16) return bright(index - 8);
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return hex(grey, grey, grey);
  }
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function bright(index: number): string {
  const name = NAMES[index] ?? 'white';
  return `bright${name[0]?.toUpperCase()}${name.slice(1)}`;
}

function hex(...values: readonly number[]): string {
  return `#${values.map((value) => Math.min(255, Math.max(0, value)).toString(16).padStart(2, '0')).join('')}`;
}
