import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { createMocha, reportCounts, runLoaded } from '../../scripts/lib/mocha.ts';

const TEST_MS = 30_000;

/** The convention of VS Code for `extensionTestsPath`: it calls `run` inside the extension host, once the workbench is there. */
export async function run(): Promise<void> {
  useOutputFile();
  // Bundled to out/test/extension/index.cjs, with one bundle for each test file beside it.
  const mocha = createMocha(TEST_MS);
  const names = readdirSync(__dirname, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((name) => name.endsWith('.test.cjs')).sort())
    mocha.addFile(path.join(__dirname, name));
  const counts = await runLoaded(mocha);
  reportCounts(counts);
  if (counts.failures.length > 0) throw new Error(`${counts.failures.length} tests failed.`);
}

/**
 * Sends mocha's report to the file that whoever started the tests follows: the extension host has made `console.log` an accessor
 * that ignores assignment, and what it prints itself goes to a log of its own.
 */
function useOutputFile(): void {
  const file = process.env['HOLDFAST_TEST_OUTPUT'];
  if (!file) return;
  Mocha.reporters.Base.consoleLog = (...values: unknown[]) => appendFileSync(file, `${format(...values)}\n`);
}
