import * as z from 'zod';
import { Variable } from './values.ts';

/** Children in one answer. */
export const MAX_CHILDREN = 1000;
/** Cells in one page of a table. */
export const MAX_TABLE_CELLS = 100_000;
/** Bytes of an exported value. */
export const MAX_EXPORT_BYTES = 32 * 1024 ** 2;

/** A value of the session, named without running user code. */
export const Target = z.strictObject({
  /**
   * A variable, or a chain of attributes and of literal keys and indexes below one: `a`, `a.b`, `a["k"].c[0]`. Getters and methods
   * of the user's are not called, so not everything that user code could reach is found.
   */
  expression: z.string().min(1).max(2000),
  /** Positions in the children's lists below that, outermost first: `[2, 0]` is the first child of the third. */
  path: z.array(z.int().nonnegative()).max(64),
});
export type Target = z.infer<typeof Target>;

/** Something below a value. `variable.name` is what a person reads: `[0]`, `'key'`, `attribute`. */
export const Child = z.strictObject({
  variable: Variable,
  role: z.enum(['item', 'entry', 'attribute', 'column', 'getter', 'prototype']),
  /** To be put behind the parent's expression, `[0]` or `.b`; null when code cannot say it. */
  accessor: z.string().max(2000).nullable(),
});
export type Child = z.infer<typeof Child>;

/** What a completion offers. */
export const Completion = z.strictObject({
  /** The name or the key as text, without quotes. */
  label: z.string().max(500),
  kind: z.enum(['variable', 'property', 'method', 'module', 'class', 'key', 'column']),
  /** The value's type; empty when it is not known without running code. */
  detail: z.string().max(200),
});
export type Completion = z.infer<typeof Completion>;

/** A change that a person makes to the namespace. */
export const Edit = z.discriminatedUnion('kind', [
  /** `text` is a literal of the language: a number, a string, a list of them and so on, never a call. */
  z.strictObject({ kind: z.literal('set'), name: z.string().min(1).max(1000), text: z.string().max(100_000) }),
  z.strictObject({ kind: z.literal('delete'), name: z.string().min(1).max(1000) }),
  z.strictObject({ kind: z.literal('rename'), name: z.string().min(1).max(1000), to: z.string().min(1).max(1000) }),
]);
export type Edit = z.infer<typeof Edit>;

export const ColumnFilter = z.strictObject({
  column: z.int().nonnegative(),
  operator: z.enum(['contains', 'equals', 'less', 'greater', 'empty', 'not_empty']),
  /** Compared as a number where the column holds numbers. */
  text: z.string().max(1000),
});
export type ColumnFilter = z.infer<typeof ColumnFilter>;

/** Which rows of a table, and in what order. */
const Order = {
  sort: z.strictObject({ column: z.int().nonnegative(), descending: z.boolean() }).nullable(),
  filters: z.array(ColumnFilter).max(32),
};

/** What is read of a value on the main thread, while no cell runs: user code may be called. */
export const Reading = z.discriminatedUnion('kind', [
  /** A page of the table. At most `MAX_TABLE_CELLS` cells. Answered with the rows as a JSON payload. */
  z.strictObject({
    kind: z.literal('table'),
    start: z.int().nonnegative(),
    count: z.int().positive().max(10_000),
    firstColumn: z.int().nonnegative(),
    columns: z.int().positive().max(1000),
    ...Order,
  }),
  /** The whole value as text in the payload, at most `MAX_EXPORT_BYTES`. */
  z.strictObject({ kind: z.literal('export'), format: z.enum(['text', 'json', 'csv']) }),
  /** These rows of the table with all columns, as CSV. Answered as an export. */
  z.strictObject({ kind: z.literal('csv'), ...Order }),
]);
export type Reading = z.infer<typeof Reading>;

export const TableColumn = z.strictObject({
  name: z.string().max(500),
  /** How it is sorted, filtered and aligned. */
  kind: z.enum(['number', 'text', 'boolean', 'date', 'other']),
  /** As the library calls it, for example `float64`. */
  type: z.string().max(200),
});
export type TableColumn = z.infer<typeof TableColumn>;

/**
 * The payload of a table's page, UTF-8 JSON: an array of rows; a row is an array with its label (the index, or the element's number)
 * first and then a cell for each column of the page. Text in a cell is at most 1,000 characters.
 */
export const TableRows = z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])));
export type TableRows = z.infer<typeof TableRows>;

/** What became of something that only an idle session can do. */
const refusals = [
  /** Unix milliseconds at which the execution started that has to end first. */
  z.strictObject({ status: z.literal('busy'), since: z.number().nonnegative() }),
  /** For a person. */
  z.strictObject({ status: z.literal('failed'), message: z.string().max(5000) }),
] as const;

export const EditOutcome = z.discriminatedUnion('status', [z.strictObject({ status: z.literal('done') }), ...refusals]);
export type EditOutcome = z.infer<typeof EditOutcome>;

export const ReadOutcome = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('table'),
    /** Of this page. */
    columns: z.array(TableColumn).max(1000),
    totalColumns: z.int().nonnegative(),
    totalRows: z.int().nonnegative(),
    /** Rows that the filters let through. */
    matchingRows: z.int().nonnegative(),
  }),
  z.strictObject({ status: z.literal('exported'), truncated: z.boolean() }),
  ...refusals,
]);
export type ReadOutcome = z.infer<typeof ReadOutcome>;
