import type { EditOutcome, Reading, ReadOutcome } from '../../../protocol/inspection.ts';
import type { CheckpointErrand, RestoredVariables, RestoreErrand, SavedResult } from './checkpoint.ts';
import type { Place } from './inspection-function.ts';
import type { NamespaceDelta } from './messages.ts';

/** What the main thread does for a person between two cells. */
export type Errand =
  | { readonly kind: 'set'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'read'; readonly place: Place; readonly reading: Reading }
  | CheckpointErrand
  | RestoreErrand;

type Done = Exclude<EditOutcome, { status: 'busy' }>;
type Read = Exclude<ReadOutcome, { status: 'busy' }>;

/** How it went. */
export type ErrandResult =
  | { readonly kind: 'edited'; readonly outcome: Done; readonly namespace: NamespaceDelta }
  | { readonly kind: 'read'; readonly outcome: Read; readonly payload: Uint8Array | null }
  | SavedResult
  | {
      readonly kind: 'restored';
      readonly variables: RestoredVariables;
      readonly namespace: NamespaceDelta;
    }
  /** Not as a whole. */
  | { readonly kind: 'failed'; readonly message: string };
