import { writeFileSync } from 'node:fs';
import type Mocha from 'mocha';

/** Names the file for the counts: proof that mocha came to its end, which an exit code alone is not. */
export const RESULT_VARIABLE = 'HOLDFAST_TEST_RESULT';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs the files that were added to `mocha` and loaded. Failed hooks count as failed tests. */
export async function runLoaded(mocha: Mocha): Promise<Counts> {
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => {
      resolve({ passed: runner.stats?.passes ?? 0, failed, skipped: runner.stats?.pending ?? 0 });
    });
  });
}

/** Writes the counts where the caller of this process looks for them. */
export function reportCounts(counts: Counts): void {
  const file = process.env[RESULT_VARIABLE];
  if (file) writeFileSync(file, JSON.stringify(counts));
}

/** The tests to run of all that there are: `HOLDFAST_TEST_GREP` is a regular expression over their full titles. */
export function mochaOptions(timeout: number): Mocha.MochaOptions {
  const grep = process.env['HOLDFAST_TEST_GREP'];
  return { ui: 'bdd', timeout, ...(grep ? { grep: new RegExp(grep) } : {}) };
}
