/** Runs the mocha test files named on the command line in this process: `node mocha-process.ts TIMEOUT FILE…` */
import { createMocha, reportCounts, runLoaded } from '../lib/mocha.ts';

const [timeout, ...files] = process.argv.slice(2);
const mocha = createMocha(Number(timeout));
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();
const counts = await runLoaded(mocha);
reportCounts(counts);
// The process ends by itself when nothing is left open. What keeps it alive is a leak, which the caller's deadline reports.
process.exitCode = counts.failures.length > 0 ? 1 : 0;
