import type { StepRef } from '../durable/steps/step-index.ts';
import type { StepFormat } from '../durable/steps/step-record.ts';
import type { PerformContext } from './performed.ts';

/** Whether a step has finished before, and its value. `off`: nothing is kept, which has been said. */
export type FoundStep =
  | { readonly state: 'off' | 'none' }
  | {
      readonly state: 'kept';
      readonly format: StepFormat;
      readonly parts: readonly number[];
      readonly bytes: Uint8Array;
    };

/** What a program says of a step that has finished. */
export interface FinishedStep extends StepRef {
  readonly type: string;
  readonly format: StepFormat;
  readonly parts: readonly number[];
  readonly seconds: number;
}

/** The finished steps of the cells that run in one session. */
export interface Steps {
  /** @throws HoldfastError `unavailable` when the kept value is gone or damaged. */
  find(ref: StepRef, context: PerformContext): Promise<FoundStep>;
  /** Settles when it is on disk, or when it has been said why it is not. */
  keep(step: FinishedStep, bytes: Uint8Array, context: PerformContext): Promise<void>;
}
