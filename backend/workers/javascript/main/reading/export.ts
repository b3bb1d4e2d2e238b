import util from 'node:util';
import { isArray, stringify } from '../primordials.ts';
import { textOf } from './cell.ts';
import { MAX_BYTES } from './encode.ts';
import { NotReadable } from './not-readable.ts';
import { type Table, tableOf } from './table.ts';

// Taken before user code can replace it.
const { inspect } = util;

/** Items of one list, in a text. */
const MAX_ITEMS = 1_000_000;

export interface Exported {
  readonly text: string;
  /** The value has more than that. */
  readonly truncated: boolean;
}

/** A string as it is; anything else as `util.inspect` writes it, all of it. */
export function exportText(value: unknown): Exported {
  if (typeof value === 'string') return { text: value, truncated: false };
  const options = { depth: 100, maxArrayLength: MAX_ITEMS, maxStringLength: MAX_BYTES, breakLength: 100 };
  return { text: inspect(value, options), truncated: isArray(value) && value.length > MAX_ITEMS };
}

/** Indented by two; a bigint, which JSON lacks, as text. @throws NotReadable */
export function exportJson(value: unknown): Exported {
  if (isArray(value) && typeof (value as { toJSON?: unknown }).toJSON !== 'function') return exportList(value);
  const text = write(value);
  if (text === undefined) {
    throw new NotReadable('JSON has no form for this value: it holds data only. Export it as text.');
  }
  return { text, truncated: false };
}

/** Item by item: all at once it may be more than a string can be, and could not be interrupted. */
function exportList(list: readonly unknown[]): Exported {
  let text = '[';
  for (let i = 0; i < list.length; i++) {
    if (text.length > MAX_BYTES) return { text, truncated: true };
    const item = list[i];
    const json = typeof item === 'string' ? stringify(item) : indented(write(item) ?? 'null');
    text += `${i === 0 ? '' : ','}\n  ${json}`;
  }
  return { text: list.length === 0 ? '[]' : `${text}\n]`, truncated: false };
}

function indented(json: string): string {
  let text = '';
  let from = 0;
  // Line breaks in JSON stand between its parts only.
  for (let at = json.indexOf('\n'); at !== -1; at = json.indexOf('\n', from)) {
    text += `${json.slice(from, at + 1)}  `;
    from = at + 1;
  }
  return text + json.slice(from);
}

function write(value: unknown): string | undefined {
  try {
    return stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}` : item), 2);
  } catch (error) {
    const circular = error instanceof TypeError && error.message.startsWith('Converting circular structure');
    throw circular ? new NotReadable(CIRCULAR) : error;
  }
}

const CIRCULAR = 'The value contains itself, which JSON cannot express. Export it as text, or a part of it as JSON.';

/** The table as RFC 4180 has it, but for lines that end with a line feed. @throws NotReadable */
export function exportCsv(value: unknown): Exported {
  const table = tableOf(value, null);
  if (!table) throw new NotReadable('The value has no rows and columns. Export it as text or JSON.');
  return csvOf(table, null);
}

/** @param order which row stands where; null: all, as they come. */
export function csvOf(table: Table, order: Uint32Array | null): Exported {
  let text = '';
  for (let i = 0; i < table.columns.length; i++) text += `${i === 0 ? '' : ','}${field(table.columns[i])}`;
  text += '\n';
  const rows = order?.length ?? table.rows;
  for (let at = 0; at < rows; at++) {
    const row = order ? (order[at] as number) : at;
    if (text.length > MAX_BYTES) return { text, truncated: true };
    for (let i = 0; i < table.columns.length; i++) text += `${i === 0 ? '' : ','}${field(table.cell(row, i))}`;
    text += '\n';
  }
  return { text, truncated: false };
}

function field(value: unknown): string {
  if (typeof value === 'number') return `${value}`;
  const text = typeof value === 'object' && value !== null ? (plainJson(value) ?? textOf(value)) : textOf(value);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A quote, a comma, a line's end, or a space at an edge.
    if (code === 34 || code === 44 || code === 10 || code === 13) return `"${text.replaceAll('"', '""')}"`;
  }
  return text;
}

/** What is in a cell of a list or an object; null for a date and what JSON cannot say. */
function plainJson(value: object): string | null {
  if (util.types.isDate(value)) return null;
  try {
    return stringify(value) ?? null;
  } catch {
    return null;
  }
}
