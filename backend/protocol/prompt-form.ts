import * as z from 'zod';
import { Category, Scope } from './security.ts';

/** Options of one question. */
export const MAX_OPTIONS = 1000;
/** Characters of a text that is to be reviewed, and of each side of a comparison. */
export const MAX_REVIEW = 50_000;

/** How a prompt is answered: what a person is shown, and what the answer is. */
export const PromptForm = z.discriminatedUnion('kind', [
  /** A line of text. A secret one is neither shown nor kept. Answer: the text. */
  z.strictObject({ kind: z.literal('text'), secret: z.boolean() }),
  /** Yes or no. Answer: a boolean, or `yes` and `no` as text. */
  z.strictObject({
    kind: z.literal('approve'),
    detail: z.string().nullable(),
    diff: z.strictObject({ name: z.string(), before: z.string(), after: z.string() }).nullable(),
  }),
  /** Some of the options. Answer: the positions of the chosen ones, from 0; as text the label, or the number from 1. */
  z.strictObject({
    kind: z.literal('choose'),
    options: z.array(z.strictObject({ label: z.string(), detail: z.string().nullable() })).max(MAX_OPTIONS),
    /** Any number of them, also none; otherwise exactly one. */
    many: z.boolean(),
  }),
  /** Files or a folder. Answer: absolute paths; exactly one but for `files`. */
  z.strictObject({
    kind: z.literal('pick_file'),
    select: z.enum(['file', 'files', 'folder', 'save']),
    /** What a kind of file is called, and its endings without the dot. */
    filters: z.record(z.string(), z.array(z.string())),
    /** Where to begin, an absolute path. */
    folder: z.string().nullable(),
  }),
  /** A text that a person may change. Answer: whether it is good, and the text; as text `yes` (unchanged) and `no`. */
  z.strictObject({ kind: z.literal('review'), text: z.string(), language: z.string().nullable() }),
  /**
   * Whether something may be done. Answer: `allow_` and how long that holds (one of `scopes`), `deny_once`, or `deny_all`, which denies
   * everything of the category for the session; as text also `yes` and `no`, for once.
   */
  z.strictObject({
    kind: z.literal('permission'),
    category: Category,
    /** The function that was called. */
    operation: z.string().max(200),
    /** What exactly it touches: a real path, a host and port, a command. */
    target: z.string().max(10_000),
    /** What an answer that lasts covers. */
    covers: z.string().max(10_000),
    scopes: z.array(Scope),
  }),
]);
export type PromptForm = z.infer<typeof PromptForm>;
