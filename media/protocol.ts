import * as z from 'zod';
import type { Child } from '../backend/protocol/inspection.ts';
import type { Variable } from '../backend/protocol/values.ts';
import type { PageWords } from './words.ts';

/** Every message between the extension and the page of the results panel. The page imports types only. */

export type ItemStatus =
  | 'queued'
  | 'running'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'lost'
  | 'background';

export interface TextSegment {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A value in its MIME forms, without their bytes: the page asks for one of them when its place comes into view. */
export interface RichRef {
  /** Unique in the window. */
  readonly key: number;
  /** Characters that had been printed before it; null for the value of the execution. */
  readonly at: number | null;
  readonly forms: readonly { readonly mime: string; readonly bytes: number }[];
}

/** The part of `problem` that stands for a place in the code. `frame` counts in the frames of the error. */
export interface FrameLink {
  readonly start: number;
  readonly end: number;
  readonly frame: number;
}

/** How far something is that the program does. */
export interface ProgressBar {
  readonly id: number;
  readonly text: string;
  /** From 0 to 1; null when nobody knows. */
  readonly fraction: number | null;
  readonly state: 'running' | 'done' | 'stopped';
}

/** An execution without its output. */
export interface ResultItem {
  readonly id: string;
  readonly status: ItemStatus;
  /** For example `tour.py:12`; null when it has no place. */
  readonly place: string | null;
  readonly title: string;
  /** Who asked for it, in words; null when a person did. */
  readonly by: string | null;
  /** Unix milliseconds at which it was asked for. */
  readonly at: number;
  readonly seconds: number | null;
  readonly value: string | null;
  /** The data grid can show the value. */
  readonly table: boolean;
  /** The traceback of an error, or why it was cancelled or lost. */
  readonly problem: string | null;
  /** In the order of the text, not overlapping. */
  readonly links: readonly FrameLink[];
  readonly rich: readonly RichRef[];
  /** Why not all of its output is kept; null when it is. */
  readonly notKept: string | null;
  /** Oldest first. */
  readonly progress: readonly ProgressBar[];
  /** Its code is known, so that it can run again. */
  readonly rerun: boolean;
}

/** Output of one execution: what comes after the beginning that the page has, how many characters are left out, and the end. */
export interface OutputPart {
  readonly id: string;
  readonly head: readonly TextSegment[];
  readonly cut: number;
  readonly tail: readonly TextSegment[];
}

export interface NamespacePart {
  readonly sessionId: string;
  readonly name: string;
  readonly busy: boolean;
  readonly variables: readonly Variable[];
  readonly total: number;
}

export type ToPage =
  /** Everything there is: the first message, also when the page was hidden and made anew. */
  | {
      readonly type: 'reset';
      readonly words: PageWords;
      /** Where the page stands: only the one in the panel can be opened in an editor. */
      readonly host: 'panel' | 'editor';
      readonly items: readonly ResultItem[];
      readonly namespaces: readonly NamespacePart[];
    }
  | { readonly type: 'items'; readonly items: readonly ResultItem[] }
  | { readonly type: 'output'; readonly parts: readonly OutputPart[] }
  | { readonly type: 'removed'; readonly ids: readonly string[] }
  | { readonly type: 'namespaces'; readonly namespaces: readonly NamespacePart[] }
  | { readonly type: 'reveal'; readonly id: string }
  /** What is below a value, or in words why that cannot be told. */
  | {
      readonly type: 'children';
      readonly sessionId: string;
      readonly target: ValueTarget;
      readonly start: number;
      readonly children: readonly Child[];
      readonly total: number;
      readonly problem: string | null;
    }
  /** The bytes that were asked for; null when they are not kept any more. */
  | { readonly type: 'content'; readonly key: number; readonly mime: string; readonly data: Uint8Array | null };

const ValueTarget = z.strictObject({
  expression: z.string().max(2000),
  path: z.array(z.int().nonnegative()).max(64),
});
export type ValueTarget = z.infer<typeof ValueTarget>;
const WithValue = { sessionId: z.string().max(64), target: ValueTarget };

const WithId = { id: z.string().max(64) };
const WithForm = { ...WithId, key: z.int().nonnegative(), mime: z.string().max(200) };

/** What the page asks for. Checked by the extension: a page shows what programs print. */
export const FromPage = z.discriminatedUnion('type', [
  /** It listens now. */
  z.strictObject({ type: z.literal('ready') }),
  /** Show the code of this execution. */
  z.strictObject({ type: z.literal('reveal_source'), ...WithId }),
  /** Show a frame of this execution's error. */
  z.strictObject({ type: z.literal('reveal_frame'), ...WithId, frame: z.int().nonnegative() }),
  z.strictObject({ type: z.literal('copy'), ...WithId }),
  z.strictObject({ type: z.literal('cancel'), ...WithId }),
  z.strictObject({ type: z.literal('rerun'), ...WithId }),
  z.strictObject({ type: z.literal('save'), ...WithId }),
  z.strictObject({ type: z.literal('open_output'), ...WithId }),
  /** Show the value in the data grid. */
  z.strictObject({ type: z.literal('open_table'), ...WithId }),
  /** Send the bytes of a form. */
  z.strictObject({ type: z.literal('content'), ...WithForm }),
  z.strictObject({ type: z.literal('save_content'), ...WithForm }),
  /** Copy a form as text. */
  z.strictObject({ type: z.literal('copy_content'), ...WithForm }),
  /** Open a link of a Markdown or HTML value, after a look at it. */
  z.strictObject({ type: z.literal('open_link'), url: z.string().max(4096) }),
  /** The variables are in view, or no longer: only then are they sent. */
  z.strictObject({ type: z.literal('show_namespace'), shown: z.boolean() }),
  z.strictObject({ type: z.literal('children'), ...WithValue, start: z.int().nonnegative() }),
  z.strictObject({ type: z.literal('open_grid'), ...WithValue }),
  /** Forget executions that have ended. */
  z.strictObject({ type: z.literal('clear') }),
  /** Show the results in an editor, too. */
  z.strictObject({ type: z.literal('pop_out') }),
  z.strictObject({ type: z.literal('error'), message: z.string().max(2000) }),
]);
export type FromPage = z.infer<typeof FromPage>;
