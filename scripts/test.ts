/**
 * `npm test [-- SUITE…]`: builds, runs all suites or the named ones, and ends with the failures and one line of totals. A suite that fails does not
 * keep the others from running. Exit code 1 when a test failed or none ran, 2 for a suite that does not exist.
 */
import { ensureBrowser } from './lib/browser.ts';
import { build } from './lib/build.ts';
import { Cleanup } from './lib/cleanup.ts';
import type { Counts } from './lib/mocha.ts';
import { makeTemporary, removeTemporary } from './lib/temporary.ts';
import { makeVsix } from './lib/vsix.ts';
import { suites } from './suites/index.ts';
import { failure, NOTHING, type Run, type Suite, sum, totals } from './suites/suite.ts';
import { installVSCodeHost } from './vscode-host/install.ts';

interface Outcome {
  name: string;
  counts: Counts;
  seconds: number;
}

/** Remembers the promise of the first call, also when it is rejected. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Runs one step of the run; what it throws is one failed test. */
async function timed(name: string, step: () => Promise<Counts>, signal: AbortSignal): Promise<Outcome> {
  const start = performance.now();
  let counts: Counts;
  try {
    counts = await step();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!signal.aborted) console.error(`${name}: ${reason}`);
    counts = failure(reason);
  }
  return { name, counts, seconds: (performance.now() - start) / 1000 };
}

async function runAll(chosen: Suite[], run: Run): Promise<Outcome[]> {
  const built = await timed('build', async () => build(run.signal).then(() => NOTHING), run.signal);
  const parallel = chosen.filter((suite) => suite.parallel);
  const outcomes = [built];
  outcomes.push(...(await Promise.all(parallel.map((suite) => timed(suite.name, () => suite.run(run), run.signal)))));
  for (const suite of chosen.filter((one) => !one.parallel)) {
    if (run.signal.aborted) break;
    console.log(`\n${suite.name}`);
    outcomes.push(await timed(suite.name, () => suite.run(run), run.signal));
  }
  return outcomes;
}

function choose(names: string[]): Suite[] {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(
      `There is no suite ${unknown.join(', ')}. The suites are: ${suites.map(({ name }) => name).join(', ')}.`,
    );
    process.exit(2);
  }
  return names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name));
}

const chosen = choose(process.argv.slice(2));
await using cleanup = new Cleanup();
const { signal } = cleanup;
const temporary = await makeTemporary('hf');
cleanup.defer(() => removeTemporary(temporary));
const run: Run = {
  signal,
  temporary,
  vsix: once(() => makeVsix(temporary)),
  headless: once(async () => {
    await Promise.all([ensureBrowser(signal), installVSCodeHost(signal)]);
  }),
};
const running = runAll(chosen, run);
cleanup.defer(() => running);
const outcomes = await running;
if (!signal.aborted) {
  console.log();
  for (const { name, counts, seconds } of outcomes) {
    console.log(`${name.padEnd(14)}${`${seconds.toFixed(1)} s`.padStart(8)}   ${totals(counts)}`);
  }
  // Again, at the end: of a long run often no more than the end is kept.
  for (const { name, counts } of outcomes) {
    for (const reason of counts.failures) console.log(`\nFailed in ${name}: ${reason}`);
  }
  const all = sum(outcomes.map(({ counts }) => counts));
  process.exitCode = all.failures.length > 0 || all.passed === 0 ? 1 : 0;
  await cleanup.run();
  console.log(`\n${totals(all)}`);
}
