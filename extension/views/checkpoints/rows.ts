import type { StoredVariable } from '../../../backend/protocol/checkpoint.ts';
import type { CheckpointInfo } from '../../../backend/protocol/client/index.ts';

/** A row of the Sessions & Tasks view that is about checkpoints. Its fields are what commands take as their argument. */
export type CheckpointRow =
  | { readonly kind: 'checkpoints' }
  | { readonly kind: 'checkpoint'; readonly checkpointId: string; readonly checkpoint: CheckpointInfo }
  | { readonly kind: 'stored'; readonly checkpointId: string; readonly variable: StoredVariable }
  | { readonly kind: 'allStored'; readonly checkpointId: string; readonly count: number };

/** Variables that the view lists of one checkpoint; the rest are in its document. */
const MAX_LISTED = 200;

/** The group that holds them. */
export const CHECKPOINTS: CheckpointRow = { kind: 'checkpoints' };

export function checkpointRow(checkpoint: CheckpointInfo): CheckpointRow {
  return { kind: 'checkpoint', checkpointId: checkpoint.checkpointId, checkpoint };
}

/** What a checkpoint holds. What it does not comes first: that is what one looks for. */
export function storedRows(checkpointId: string, variables: readonly StoredVariable[]): CheckpointRow[] {
  const isMissing = ({ how }: StoredVariable) => how === 'not_stored';
  const ordered = [...variables.filter(isMissing), ...variables.filter((variable) => !isMissing(variable))];
  const count = ordered.length - MAX_LISTED;
  return [
    ...ordered.slice(0, MAX_LISTED).map((variable): CheckpointRow => ({ kind: 'stored', checkpointId, variable })),
    ...(count > 0 ? [{ kind: 'allStored', checkpointId, count } as const] : []),
  ];
}
