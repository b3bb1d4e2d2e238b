import { types } from 'node:util';
import type { TableColumn } from '../../../../protocol/inspection.ts';
import { enumerableKeys, isArray, mapSize, setSize, typedArrayLength, walkMap, walkSet } from '../primordials.ts';
import { describeColumn } from './columns.ts';
import { columnsIn, type Layout } from './layout.ts';

// Taken before user code can replace them.
const { isMap, isSet, isTypedArray, isProxy } = types;

/** Rows that tell what the columns are. */
const SAMPLE = 1000;
/** Cells that are looked at to tell what the columns hold. */
const SAMPLE_CELLS = 100_000;

/** A value as rows and columns. Reading a cell may call a getter of the user's. */
export class Table {
  readonly rows: number;
  readonly columns: readonly string[];
  readonly #cell: (row: number, column: number) => unknown;
  /** Rows that can be read. */
  readonly #known: number;

  constructor(rows: number, known: number, columns: readonly string[], cell: (row: number, column: number) => unknown) {
    this.rows = rows;
    this.columns = columns;
    this.#cell = cell;
    this.#known = known;
  }

  cell(row: number, column: number): unknown {
    try {
      return this.#cell(row, column);
    } catch {
      return '<throws>';
    }
  }

  describe(first: number, count: number): TableColumn[] {
    const described: TableColumn[] = [];
    const rows = Math.min(this.#known, SAMPLE, Math.ceil(SAMPLE_CELLS / Math.max(1, count)));
    for (let i = 0; i < count; i++) {
      const column = first + i;
      described[i] = describeColumn(this.columns[column] as string, rows, (row) => this.cell(row, column));
    }
    return described;
  }
}

/**
 * @param needed of a map or a set only so many rows can be read; null: all of them
 * @returns null when the value is no table
 */
export function tableOf(value: unknown, needed: number | null): Table | null {
  if (typeof value !== 'object' || value === null || isProxy(value)) return null;
  if (isTypedArray(value)) {
    const items = value as unknown as ArrayLike<unknown>;
    const length = typedArrayLength(value) as number;
    return new Table(length, length, ['value'], (row) => items[row]);
  }
  if (isArray(value)) return tableOfRows(value.length, value.length, (row) => value[row]);
  if (isMap(value)) return tableOfMap(value, needed);
  if (isSet(value)) {
    const rows: unknown[] = [];
    const wanted = Math.max(needed ?? Number.POSITIVE_INFINITY, SAMPLE);
    walkSet(value, 0, (item) => {
      rows[rows.length] = item;
      return rows.length < wanted;
    });
    return tableOfRows(setSize(value) as number, rows.length, (row) => rows[row]);
  }
  return tableOfColumns(value as Record<string, unknown>);
}

function tableOfRows(count: number, known: number, row: (index: number) => unknown): Table {
  const layout = layoutOf(known, row);
  return new Table(count, known, layout.columns, (index, column) => layout.cell(row(index), column));
}

function tableOfMap(map: Map<unknown, unknown>, needed: number | null): Table {
  const keys: unknown[] = [];
  const values: unknown[] = [];
  const wanted = Math.max(needed ?? Number.POSITIVE_INFINITY, SAMPLE);
  walkMap(map, 0, ([key, value]) => {
    keys[keys.length] = key;
    values[values.length] = value;
    return keys.length < wanted;
  });
  const layout = layoutOf(values.length, (row) => values[row]);
  return new Table(mapSize(map) as number, keys.length, ['key', ...layout.columns], (row, column) =>
    column === 0 ? keys[row] : layout.cell(values[row], column - 1),
  );
}

function layoutOf(count: number, row: (index: number) => unknown): Layout {
  const sample: unknown[] = [];
  for (let i = 0; i < count && i < SAMPLE; i++) sample[i] = row(i);
  return columnsIn(sample);
}

/** An object of lists; null when it is something else. */
function tableOfColumns(value: Record<string, unknown>): Table | null {
  const names = enumerableKeys(value);
  const lists: ArrayLike<unknown>[] = [];
  let rows = 0;
  for (const name of names) {
    const list = value[name];
    if (isProxy(list) || !(isArray(list) || isTypedArray(list))) return null;
    lists[lists.length] = list as unknown as ArrayLike<unknown>;
    rows = Math.max(rows, lists[lists.length - 1]?.length ?? 0);
  }
  return names.length === 0 ? null : new Table(rows, rows, names, (row, column) => lists[column]?.[row]);
}
