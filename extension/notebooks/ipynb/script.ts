import type { Language } from '../../../backend/workers/language.ts';
import { trimBlank } from '../../cells/line-range.ts';

/** A cell of a script in the percent format. */
export interface ScriptCell {
  readonly kind: 'code' | 'markdown' | 'raw';
  /** VS Code's id of the language of a code cell when it is another one than the script's; null for the script's own. */
  readonly language: string | null;
  /** Without blank lines at its ends. */
  readonly text: string;
  /** The line that starts it, as it is written; null for what stands before the first marker. */
  readonly marker: string | null;
}

const MARKDOWN = /\[(?:markdown|md)\]/i;
const TAG = /%%.*\[(\w+)\]\s*$/;

/** Cuts a script at its markers, as the editor and `holdfast run` do. Cells with nothing in them are kept when they have a marker. */
export function parseScript(script: string, language: Language, dialect: string): ScriptCell[] {
  const lines = script.replace(/^\ufeff/, '').split(/\r\n|[\n\r]/);
  const starts = lines.flatMap((line, index) => (language.cellMarker.test(line) ? [index] : []));
  const cells = starts.map((start, index) => {
    const marker = lines[start] ?? '';
    const { kind, other } = meaningOf(marker, language, dialect);
    const body = trimmed(lines.slice(start + 1, starts[index + 1]));
    const commented = kind !== 'code' || isForeign(other, language);
    return { kind, language: other, text: (commented ? uncommented(body, language) : body).join('\n'), marker };
  });
  const before = trimmed(lines.slice(0, starts[0]));
  if (before.length === 0) return cells;
  return [{ kind: 'code', language: null, text: before.join('\n'), marker: null }, ...cells];
}

/** Writes cells as a script: a marker above each, one empty line between them. What is not code of its language is commented out. */
export function printScript(cells: readonly ScriptCell[], language: Language): string {
  const blocks = cells.map((cell, index) => {
    const body = trimmed(cell.text.split(/\r\n|[\n\r]/));
    const commented = cell.kind !== 'code' || isForeign(cell.language, language);
    const lines = commented ? body.map((line) => comment(line, language)) : body;
    const unmarked = cell.marker === null && index === 0 && cell.kind === 'code' && body.length > 0;
    return (unmarked && !commented ? lines : [markerOf(cell, language), ...lines]).join('\n');
  });
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}

/** The marker's own line when it still says what the cell is, else the usual one. */
export function markerOf({ kind, language: other, marker }: ScriptCell, language: Language): string {
  if (marker !== null && /^[^\r\n]*$/.test(marker) && language.cellMarker.test(marker)) {
    const meaning = meaningOf(marker, language, null);
    if (meaning.kind === kind && meaning.other === other) return marker;
  }
  return usualMarker(kind, other, language);
}

export function usualMarker(kind: ScriptCell['kind'], other: string | null, { commentPrefix }: Language): string {
  const tag = kind === 'code' ? other : kind;
  return tag === null ? `${commentPrefix} %%` : `${commentPrefix} %% [${tag}]`;
}

/** A line as a comment that is no marker: what would be one gets a backslash, which `uncommented` takes away. */
export function comment(line: string, language: Language): string {
  const { commentPrefix } = language;
  const [, space = '', slashes = '', rest = ''] = /^(\s*)(\\*)(.*)$/s.exec(line) ?? [];
  const escaped = looksLikeMarker(space + rest, language) ? `${space}\\${slashes}${rest}` : line;
  return escaped === '' ? commentPrefix : `${commentPrefix} ${escaped}`;
}

function uncommented(body: readonly string[], language: Language): string[] {
  const quoted = withoutQuotes(body, language);
  if (quoted) return quoted;
  return body.map((line) => {
    const start = line.trimStart();
    if (!start.startsWith(language.commentPrefix)) return line;
    const inner = start.slice(language.commentPrefix.length).replace(/^ /, '');
    const [, space = '', slashes = '', rest = ''] = /^(\s*)(\\*)(.*)$/s.exec(inner) ?? [];
    return slashes !== '' && looksLikeMarker(space + rest, language) ? space + slashes.slice(1) + rest : inner;
  });
}

/** Markdown in a string of its own (a block comment in JavaScript), which other editors write too. */
function withoutQuotes(body: readonly string[], { commentPrefix }: Language): string[] | undefined {
  const text = body.join('\n').trim();
  const form = commentPrefix === '#' ? /^r?("""|''')(.*)\1$/s : /^(\/\*)(.*)\*\/$/s;
  const inner = form.exec(text)?.[2];
  return inner === undefined ? undefined : trimmed(inner.split('\n'));
}

function meaningOf(
  marker: string,
  language: Language,
  own: string | null,
): { kind: ScriptCell['kind']; other: string | null } {
  if (MARKDOWN.test(marker)) return { kind: 'markdown', other: null };
  const tag = TAG.exec(marker)?.[1] ?? null;
  if (tag === 'raw') return { kind: 'raw', other: null };
  const known = tag !== null && tag !== own && (KNOWN.has(tag) || isDialectOf(tag, language));
  return { kind: 'code', other: known ? tag : null };
}

/** Languages that a marker in square brackets can name. Any other word there is part of a title. */
const KNOWN = new Set([
  ...['python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact'],
  ...[
    'r',
    'julia',
    'sql',
    'shellscript',
    'powershell',
    'csharp',
    'fsharp',
    'html',
    'css',
    'json',
    'yaml',
    'rust',
    'go',
  ],
]);

export function canBeNamed(language: string): boolean {
  return KNOWN.has(language);
}

function isForeign(other: string | null, language: Language): boolean {
  return other !== null && !isDialectOf(other, language);
}

function isDialectOf(name: string, { dialects }: Language): boolean {
  return dialects.some((dialect) => dialect === name);
}

function looksLikeMarker(line: string, { cellMarker, commentPrefix }: Language): boolean {
  return cellMarker.test(`${commentPrefix} ${line}`);
}

function trimmed(lines: readonly string[]): string[] {
  const range = trimBlank(lines, { start: 0, end: lines.length - 1 });
  return range ? lines.slice(range.start, range.end + 1) : [];
}
