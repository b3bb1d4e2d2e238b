import { types } from 'node:util';
import { isFiniteNumber, isNaNumber, slice, stringify } from '../primordials.ts';
import { preview } from '../summary/preview.ts';

// Taken before user code can replace them.
const { isDate } = types;
const { getTime, toISOString } = Date.prototype;

/** Characters of a cell. */
const MAX_TEXT = 1000;

/** Nothing is there: such cells come last, whichever way a table is sorted. */
export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || isNaNumber(value);
}

/** A cell as it is shown, compared and searched. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'object' && isDate(value)) return isoOf(value);
  if (typeof value === 'bigint') return `${value}`;
  return preview(value, 1);
}

/** A number to compare by; NaN for what has none. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  return typeof value === 'object' && value !== null && isDate(value) ? getTime.call(value) : Number.NaN;
}

/** JSON of a cell. NaN and Infinity, which JSON lacks, are text, as all values are that are no plain data. */
export function jsonOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean' || (typeof value === 'number' && isFiniteNumber(value))) return `${value}`;
  const text = textOf(value);
  return stringify(text.length > MAX_TEXT ? `${slice(text, 0, MAX_TEXT - 1)}…` : text);
}

function isoOf(date: Date): string {
  return isFiniteNumber(getTime.call(date)) ? toISOString.call(date) : 'Invalid Date';
}
