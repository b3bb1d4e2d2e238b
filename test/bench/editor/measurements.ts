import type { Blocks } from './loop-probe.ts';

/** How long it takes until the extension is there, in milliseconds. */
export interface Activation {
  /** Loading its code, as VS Code reports it. */
  readonly loading: number;
  /** `activate`, as VS Code reports it. */
  readonly activating: number;
  /** All that another extension waits for which asks for it: what VS Code itself does for it, too. */
  readonly whole: number;
}

/** What is measured in the extension host, in milliseconds. */
export interface Measurements {
  /** Once for each start of VS Code. */
  readonly activation: Activation;
  /** Everything else, which only the last start measures: from the command to the decoration, without the code's own time. */
  readonly shown: Readonly<Record<string, readonly number[]>>;
  /** From the command to the rows of the Namespace view when 5,000 variables have changed, without the code's own time. */
  readonly namespace: Readonly<Record<string, readonly number[]>>;
  /** How long the event loop stood still at a time. */
  readonly blocked: Readonly<Record<string, Blocks>>;
}

/** Names the environment variable with the number of runs of each kind; 0: only the activation is measured. */
export const RUNS_VARIABLE = 'HOLDFAST_BENCH_RUNS';
