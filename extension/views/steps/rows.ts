import type { KeptStep } from '../../../backend/protocol/client/index.ts';
import type { KeptCell } from '../../client/kept-steps.ts';

/** A row of the Sessions & Tasks view that is about finished steps. Its fields are what commands take as their argument. */
export type StepRow =
  | { readonly kind: 'steps' }
  | { readonly kind: 'stepCell'; readonly cellId: string; readonly cell: KeptCell }
  | { readonly kind: 'step'; readonly stepId: string; readonly step: KeptStep }
  | { readonly kind: 'moreSteps'; readonly cellId: string; readonly count: number };

/** Steps of one cell that the view lists. */
const MAX_LISTED = 200;

/** The group that holds them. */
export const STEPS: StepRow = { kind: 'steps' };

export function stepCellRow(cell: KeptCell): StepRow {
  return { kind: 'stepCell', cellId: cell.cellId, cell };
}

export function stepRows({ cellId, steps }: KeptCell): StepRow[] {
  const count = steps.length - MAX_LISTED;
  return [
    ...steps.slice(0, MAX_LISTED).map((step): StepRow => ({ kind: 'step', stepId: step.stepId, step })),
    ...(count > 0 ? [{ kind: 'moreSteps', cellId, count } as const] : []),
  ];
}
