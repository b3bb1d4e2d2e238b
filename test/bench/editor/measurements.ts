/** What is measured in the extension host, in milliseconds. */
export interface Measurements {
  /** Loading the extension and `activate`, once for each start of VS Code. */
  readonly activation: number;
  /** Everything else, which only the last start measures: from the command to the decoration, without the code's own time. */
  readonly shown: Readonly<Record<string, readonly number[]>>;
  /** How long the event loop stood still at a time. */
  readonly blocked: Readonly<Record<string, readonly number[]>>;
}

/** Names the environment variable with the number of runs of each kind; 0: only the activation is measured. */
export const RUNS_VARIABLE = 'HOLDFAST_BENCH_RUNS';
