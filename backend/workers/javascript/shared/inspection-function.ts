import type { Child, Completion } from '../../../protocol/inspection.ts';
import type { Variable } from '../../../protocol/values.ts';

/**
 * The engine's function on `globalThis` that looks at values: `(question) => answer`. As with `PAGE_FUNCTION`, the control thread
 * calls it through the inspector. It cannot be replaced, and it runs no user code.
 */
export const INSPECTION_FUNCTION = '__holdfast_inspection';

/** Which value: the names of a chain, the first one a global, and then positions in the children's lists. */
export interface Place {
  readonly names: readonly string[];
  readonly path: readonly number[];
}

export type Question = Place &
  (
    | { readonly kind: 'inspect'; readonly start: number; readonly count: number }
    | {
        readonly kind: 'complete';
        readonly members: 'attributes' | 'keys';
        readonly prefix: string;
        readonly count: number;
      }
  );

export interface Inspection {
  readonly value: Variable;
  readonly text: string;
  readonly children: Child[];
  readonly total: number;
}

export interface Completions {
  readonly items: Completion[];
  readonly truncated: boolean;
}

export type Found<Result> = { readonly status: 'found'; readonly result: Result } | { readonly status: 'missing' };
