import type { Counts } from '../lib/mocha.ts';

/** What a suite may use of the run that it is part of. */
export interface Run {
  /** Aborted when the person interrupts the run. */
  readonly signal: AbortSignal;
  /** A folder that is removed at the end of the run. */
  readonly temporary: string;
  /** The packaged extension; made when it is first asked for. */
  vsix(): Promise<string>;
  /** Resolves when the headless VS Code and a browser are there. */
  headless(): Promise<void>;
}

export interface Suite {
  /** What a person types: `npm test -- <name>`. */
  readonly name: string;
  /** May run next to other such suites; it prints nothing before its end. */
  readonly parallel?: boolean;
  run(run: Run): Promise<Counts>;
}

export const PASSED: Counts = { passed: 1, skipped: 0, failures: [] };
export const SKIPPED: Counts = { passed: 0, skipped: 1, failures: [] };
export const NOTHING: Counts = { passed: 0, skipped: 0, failures: [] };

/** One test that failed, for the reason that is given. */
export function failure(reason: string): Counts {
  return { passed: 0, skipped: 0, failures: [reason] };
}

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, counts) => ({
      passed: total.passed + counts.passed,
      skipped: total.skipped + counts.skipped,
      failures: [...total.failures, ...counts.failures],
    }),
    NOTHING,
  );
}

/** `3 passed, 0 failed, 1 skipped` */
export function totals({ passed, skipped, failures }: Counts): string {
  return `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
}
