import * as z from 'zod';
import type { TableColumn, TableRows } from '../backend/protocol/inspection.ts';

/** Every message between the extension and the page of a data grid. The page imports types only. */

/** Which rows of a value that has rows and columns, and in what order. */
const Order = {
  sort: z.strictObject({ column: z.int().nonnegative(), descending: z.boolean() }).nullable(),
  filters: z
    .array(
      z.strictObject({
        column: z.int().nonnegative(),
        operator: z.enum(['contains', 'equals', 'less', 'greater', 'empty', 'not_empty']),
        text: z.string().max(1000),
      }),
    )
    .max(32),
};

/** What the grid shows, and how. */
const View = { firstColumn: z.int().nonnegative(), columns: z.int().positive().max(1000), ...Order };

export const FromGrid = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  /** Answered with `rows` or `refused`, which carry the same number. */
  z.strictObject({
    type: z.literal('read'),
    request: z.int().nonnegative(),
    start: z.int().nonnegative(),
    count: z.int().positive().max(1000),
    ...View,
  }),
  z.strictObject({ type: z.literal('copy'), text: z.string().max(10_000_000) }),
  /** Save the rows that the filters let through, with all columns, as CSV. */
  z.strictObject({ type: z.literal('export'), ...Order }),
  z.strictObject({ type: z.literal('error'), message: z.string().max(2000) }),
]);
export type FromGrid = z.infer<typeof FromGrid>;
export type ReadRows = Extract<FromGrid, { type: 'read' }>;

export interface GridWords {
  /** `{0}`: rows, `{1}`: columns. */
  readonly size: string;
  /** `{0}`: rows that the filters let through, `{1}`: all rows, `{2}`: columns. */
  readonly filtered: string;
  /** `{0}`: name of a column. */
  readonly filter: string;
  readonly filterHint: string;
  readonly clearFilters: string;
  readonly exportCsv: string;
  readonly refresh: string;
  readonly loading: string;
  readonly index: string;
  readonly previousColumns: string;
  readonly nextColumns: string;
  /** `{0}`, `{1}`: the first and the last column. */
  readonly columnsShown: string;
  /** Of the edge of a column. */
  readonly resizeHint: string;
}

export type ToGrid =
  | { readonly type: 'reset'; readonly words: GridWords; readonly name: string }
  | {
      readonly type: 'rows';
      readonly request: number;
      readonly columns: readonly TableColumn[];
      readonly totalColumns: number;
      readonly totalRows: number;
      readonly matchingRows: number;
      readonly rows: TableRows;
    }
  /** In words, why there are no rows. */
  | { readonly type: 'refused'; readonly request: number; readonly message: string }
  /** The value may be another one now. */
  | { readonly type: 'changed' };
