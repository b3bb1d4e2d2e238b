import * as z from 'zod';
import type { Variable } from '../backend/protocol/values.ts';

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

/** An execution without its output. */
export interface ResultItem {
  readonly id: string;
  readonly status: ItemStatus;
  /** For example `tour.py:12`; null when it has no place. */
  readonly place: string | null;
  readonly title: string;
  /** Unix milliseconds at which it was asked for. */
  readonly at: number;
  readonly seconds: number | null;
  readonly value: string | null;
  /** The traceback of an error, or why it was cancelled or lost. */
  readonly problem: string | null;
}

/** Output of one execution: its beginning and its end, and how many characters were cut between. */
export interface OutputPart {
  readonly id: string;
  /** False: `head` is appended to what the page has. */
  readonly replace: boolean;
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

/** The page's own words, translated by the extension. */
export interface PageWords {
  readonly results: string;
  readonly namespace: string;
  readonly noResults: string;
  readonly noVariables: string;
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly copy: string;
  readonly cancel: string;
  readonly clear: string;
  /** `{0}`: number of characters. */
  readonly cut: string;
  /** `{0}`: number of variables. */
  readonly more: string;
  readonly running: string;
  readonly showCode: string;
  readonly statuses: Readonly<Record<ItemStatus, string>>;
}

export type ToPage =
  /** Everything there is: the first message, also when the page was hidden and made anew. */
  | {
      readonly type: 'reset';
      readonly words: PageWords;
      readonly items: readonly ResultItem[];
      readonly namespaces: readonly NamespacePart[];
    }
  | { readonly type: 'items'; readonly items: readonly ResultItem[] }
  | { readonly type: 'output'; readonly parts: readonly OutputPart[] }
  | { readonly type: 'removed'; readonly ids: readonly string[] }
  | { readonly type: 'namespaces'; readonly namespaces: readonly NamespacePart[] }
  | { readonly type: 'reveal'; readonly id: string };

const WithId = { id: z.string().max(64) };

/** What the page asks for. Checked by the extension: a page shows what programs print. */
export const FromPage = z.discriminatedUnion('type', [
  /** It listens now. */
  z.strictObject({ type: z.literal('ready') }),
  /** Show the code of this execution. */
  z.strictObject({ type: z.literal('reveal_source'), ...WithId }),
  z.strictObject({ type: z.literal('copy'), ...WithId }),
  z.strictObject({ type: z.literal('cancel'), ...WithId }),
  /** Forget executions that have ended. */
  z.strictObject({ type: z.literal('clear') }),
  z.strictObject({ type: z.literal('error'), message: z.string().max(2000) }),
]);
export type FromPage = z.infer<typeof FromPage>;
