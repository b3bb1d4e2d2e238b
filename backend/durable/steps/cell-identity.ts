import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import type { LanguageId, Source } from '../../protocol/values.ts';
import { languageById } from '../../workers/index.ts';

/** Which cell of which file a text is. */
export interface CellIdentity {
  /** Of the text in its file, wherever it stands there. */
  readonly cellId: string;
  readonly file: string;
  /** It stands in a file, so that an earlier text of it can be told by its heading. */
  readonly inFile: boolean;
  readonly line: number;
  /** Its title, else its first line of code: what an edit leaves as it is, mostly. */
  readonly heading: string;
  readonly language: LanguageId;
}

const MAX_HEADING = 200;

/**
 * The line of a marker is no part of the text, nor are blank lines around it and how lines end: a cell may be moved, and given another
 * title.
 */
export async function identityOf(language: LanguageId, source: Source, code: string): Promise<CellIdentity> {
  const file = source.path === null ? source.name : await realpath(source.path).catch(() => source.path as string);
  const lines = code.replace(/\r\n?/g, '\n').split('\n');
  const { cellMarker } = languageById(language);
  const marker = cellMarker.test(lines[0] ?? '') ? lines.shift() : undefined;
  const text = lines.join('\n').trim();
  const cellId = createHash('sha256')
    .update(JSON.stringify([language, file, text]))
    .digest('hex')
    .slice(0, 32);
  const inFile = source.path !== null;
  return { cellId, file, inFile, line: source.line, heading: headingOf(language, marker, text), language };
}

function headingOf(language: LanguageId, marker: string | undefined, text: string): string {
  const { cellMarker, commentPrefix } = languageById(language);
  const title = marker?.replace(cellMarker, '').trim();
  if (marker !== undefined && title) return marker.trim().slice(0, MAX_HEADING);
  const lines = text.split('\n').map((line) => line.trim());
  const code = lines.find((line) => line !== '' && !line.startsWith(commentPrefix));
  return (code ?? lines[0] ?? '').slice(0, MAX_HEADING);
}
