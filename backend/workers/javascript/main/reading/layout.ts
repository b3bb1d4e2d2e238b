import { types } from 'node:util';
import { enumerableKeys, isArray, NativeSet, setAdd, setHas } from '../primordials.ts';

// Taken before user code can replace them.
const { isDate, isRegExp, isMap, isSet, isTypedArray, isPromise, isProxy, isNativeError } = types;

/** How the columns of a row are found. */
export interface Layout {
  readonly columns: readonly string[];
  cell(row: unknown, column: number): unknown;
}

/** The layout that fits the first rows: records, lists, or single values. Missing rows fit all. */
export function columnsIn(rows: readonly unknown[]): Layout {
  let records = 0;
  let lists = 0;
  let missing = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (row === null || row === undefined) missing++;
    else if (isList(row)) lists++;
    else if (isRecord(row)) records++;
  }
  if (records > 0 && records + missing === rows.length) return recordLayout(rows);
  if (lists > 0 && lists + missing === rows.length) return listLayout(rows);
  return { columns: ['value'], cell: (row) => row };
}

function recordLayout(rows: readonly unknown[]): Layout {
  const columns: string[] = [];
  const seen = new NativeSet<string>();
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (row === null || row === undefined) continue;
    const names = enumerableKeys(row);
    for (let j = 0; j < names.length; j++) {
      const name = names[j] as string;
      if (setHas(seen, name)) continue;
      setAdd(seen, name);
      columns[columns.length] = name;
    }
  }
  if (columns.length === 0) return { columns: ['value'], cell: (row) => row };
  return {
    columns,
    // A later row may be none.
    cell: (row, column) =>
      row === null || row === undefined ? null : (row as Record<string, unknown>)[columns[column] as string],
  };
}

function listLayout(rows: readonly unknown[]): Layout {
  let width = 0;
  for (let i = 0; i < rows.length; i++) width = Math.max(width, (rows[i] as ArrayLike<unknown> | null)?.length ?? 0);
  const columns: string[] = [];
  for (let i = 0; i < width; i++) columns[i] = `${i}`;
  return { columns, cell: (row, column) => (isList(row) ? (row as ArrayLike<unknown>)[column] : null) };
}

function isList(value: unknown): boolean {
  return !isProxy(value) && (isArray(value) || isTypedArray(value));
}

function isRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || isProxy(value)) return false;
  return !(
    isDate(value) ||
    isRegExp(value) ||
    isMap(value) ||
    isSet(value) ||
    isPromise(value) ||
    isNativeError(value)
  );
}
