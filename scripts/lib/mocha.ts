import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import Mocha from 'mocha';

/** Names the file for the counts: proof that mocha came to its end, which an exit code alone is not. */
export const RESULT_VARIABLE = 'HOLDFAST_TEST_RESULT';

export interface Counts {
  passed: number;
  skipped: number;
  /** One for each test that failed: its title and what went wrong. */
  failures: string[];
}

/** Characters of an error that its failure keeps. */
const MESSAGE_CHARACTERS = 1_000;

/**
 * Runs the files that were added to `mocha` and loaded. Failed hooks count as failed tests. On SIGTERM it starts no further test,
 * but runs the hooks that release what the tests have opened.
 */
export async function runLoaded(mocha: Mocha): Promise<Counts> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => runner.abort());
    const failures: string[] = [];
    const runner = mocha.run(() => {
      resolve({ passed: runner.stats?.passes ?? 0, skipped: runner.stats?.pending ?? 0, failures });
    });
    runner.on('fail', (test, error: unknown) => {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push(
        `${test.titlePath().join(' › ')}\n${stripVTControlCharacters(message).slice(0, MESSAGE_CHARACTERS)}`,
      );
    });
  });
}

/** Writes them where the caller of this process looks for them. */
export function reportCounts(counts: Counts): void {
  const file = process.env[RESULT_VARIABLE];
  if (file) writeFileSync(file, JSON.stringify(counts));
}

/** `timeout` is for each test, in milliseconds. `HOLDFAST_TEST_GREP`, a regular expression over full titles, chooses among the tests. */
export function createMocha(timeout: number): Mocha {
  const grep = process.env['HOLDFAST_TEST_GREP'];
  const color = process.env['HOLDFAST_TEST_COLOR'] === '1';
  const { symbols } = Mocha.reporters.Base;
  // Mocha takes its check mark from a package that colours it wherever `CI` is set.
  if (!color) symbols.ok = stripVTControlCharacters(symbols.ok);
  return new Mocha({ ui: 'bdd', timeout, color, ...(grep ? { grep: new RegExp(grep) } : {}) });
}
