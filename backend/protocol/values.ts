import * as z from 'zod';

/** The version of every message family. Two processes talk only when theirs are equal. */
export const PROTOCOL_VERSION = 1;

/** Unix time in milliseconds. */
export const Timestamp = z.number().nonnegative();

export const ExecutionId = z.string().regex(/^[0-9a-z-]{1,64}$/);
export const SessionId = z.string().regex(/^[0-9a-z-]{1,64}$/);
export const PromptId = z.string().regex(/^[0-9a-z._-]{1,128}$/);

/** A language: sessions have one, and it is the name of its worker's folder. */
export const LanguageId = z.enum(['python', 'javascript']);
export type LanguageId = z.infer<typeof LanguageId>;

/** The syntax a cell is written in: VS Code's language ids. */
export const Dialect = z.enum(['python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact']);
export type Dialect = z.infer<typeof Dialect>;

/** How a cell is run (DESIGN.md §6). `unknown` runs like `simple_sync`. */
export const Mode = z.enum(['top_level_await', 'async_def', 'blocking_sync', 'simple_sync', 'unknown']);
export type Mode = z.infer<typeof Mode>;

/** Which cells of a language with threads run on the session's executor thread: none, those whose mode is `blocking_sync`, this one in any case. */
export const ThreadUse = z.enum(['never', 'blocking', 'always']);
export type ThreadUse = z.infer<typeof ThreadUse>;

export const Stream = z.enum(['stdout', 'stderr']);
export type Stream = z.infer<typeof Stream>;

/** The step of the cancel ladder that ended an execution. `queued`: it had not started. */
export const CancelRung = z.enum(['queued', 'cooperative', 'interrupt', 'children', 'force', 'kill']);
export type CancelRung = z.infer<typeof CancelRung>;

/** Where a cell's text came from. A cell that was never in a file has a name such as `<stdin>` and `path: null`. */
export const Source = z.strictObject({
  /** Shown in tracebacks: an absolute path or a name in angle brackets. */
  name: z.string().min(1).max(4096),
  /** Absolute path of the file, or null. Relative imports and `__file__` follow it. */
  path: z.string().max(4096).nullable(),
  /** Line of the cell's first character in that file, 1-based. */
  line: z.int().positive(),
  /** Column of the cell's first character, 0-based, in UTF-16 code units. */
  column: z.int().nonnegative(),
});
export type Source = z.infer<typeof Source>;

/** One stack frame of user code. Lines are 1-based, columns 0-based UTF-16 code units (null when the language does not tell). */
export const StackFrame = z.strictObject({
  file: z.string(),
  line: z.int().nonnegative(),
  column: z.int().nonnegative().nullable(),
  function: z.string(),
});
export type StackFrame = z.infer<typeof StackFrame>;

/** An error that user code raised. Data, never a failed request. Frames: innermost last, engine frames left out. */
export const ErrorReport = z.strictObject({
  name: z.string().max(1000),
  message: z.string().max(20_000),
  frames: z.array(StackFrame).max(200),
  /** As the language itself prints it, ready to show. */
  traceback: z.string().max(200_000),
  notes: z.array(z.string().max(10_000)).max(100),
});
export type ErrorReport = z.infer<typeof ErrorReport>;

/**
 * The MIME forms of one value. The bytes travel as the frame's payload, one part after the other in this order.
 * Text is UTF-8; images are their raw bytes.
 */
export const MimeParts = z.array(z.strictObject({ mime: z.string().max(200), bytes: z.int().nonnegative() })).max(32);
export type MimeParts = z.infer<typeof MimeParts>;

/** A variable as the namespace view shows it. Made without calling user code. */
export const Variable = z.strictObject({
  name: z.string().max(1000),
  /** The type's own name, for example `int`, `DataFrame`, `Map`. */
  type: z.string().max(200),
  kind: z.enum(['value', 'module', 'function', 'class']),
  /** Number of elements or characters, null when it has none. */
  length: z.int().nonnegative().nullable(),
  /** For arrays and tables, outermost dimension first; null otherwise. */
  shape: z.array(z.int().nonnegative()).max(32).nullable(),
  /** At most 200 characters, one line. */
  preview: z.string().max(400),
  /** There is something below it that can be listed. */
  expandable: z.boolean(),
  /** It has rows and columns, or elements, that the data grid can show. */
  tabular: z.boolean(),
});
export type Variable = z.infer<typeof Variable>;

/** What kind of value it is, and how large. Made without calling user code. */
export const ValueFacts = Variable.pick({ type: true, length: true, shape: true }).extend({
  /** Of a table, a list or an array: n of the `Out[n]` by which the session has it, so that it can be read page by page. */
  table: z.int().positive().optional(),
});
export type ValueFacts = z.infer<typeof ValueFacts>;

/** Work that goes on after its cell has ended. */
export const BackgroundTask = z.strictObject({
  /** Unique in the worker's life. */
  taskId: z.int().positive(),
  kind: z.enum(['task', 'timer', 'thread']),
  /** For a person: the name of the coroutine, callback or thread. */
  name: z.string().max(200),
  /** The execution that started it, null when it cannot be told. */
  executionId: ExecutionId.nullable(),
  /** Unix milliseconds at which it was first seen. */
  since: z.number().nonnegative(),
});
export type BackgroundTask = z.infer<typeof BackgroundTask>;

/** Background tasks that are listed one by one. */
export const MAX_TASKS = 50;
