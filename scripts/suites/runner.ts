import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Counts, RESULT_VARIABLE } from '../lib/mocha.ts';
import { ROOT } from '../lib/paths.ts';
import { endMarked, RUN_MARK, run } from '../lib/processes.ts';
import { failure, NOTHING, type Run, sum } from './suite.ts';

/** What may still be ending by itself when its suite has ended. */
const LEFTOVER_MS = 5_000;

export interface Runner {
  name: string;
  args: string[];
  /** Milliseconds. A runner that is still alive then is ended with its process group. */
  deadline: number;
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program that runs tests and reports their counts in a file. Each of these is one failed test more: no report, a deadline
 * passed, a bad exit code without a failed test, a process left behind.
 */
export async function runTests({ name, args, deadline, env }: Runner, { signal, temporary }: Run): Promise<Counts> {
  // Short, because sockets are made below it.
  const folder = path.join(temporary, randomBytes(2).toString('hex'));
  await mkdir(folder, { mode: 0o700 });
  const result = path.join(folder, 'counts.json');
  const mark = path.basename(temporary) + path.basename(folder);
  const problems: string[] = [];
  const ended = await run(process.execPath, args, {
    cwd: ROOT,
    output: 'inherit',
    deadline,
    signal,
    env: {
      ...process.env,
      ...env,
      [RUN_MARK]: mark,
      [RESULT_VARIABLE]: result,
      HOLDFAST_TEST_COLOR: process.stdout.isTTY && !process.env['NO_COLOR'] ? '1' : '0',
      // So that nothing that a test leaves in the temporary folder or in the person's state outlives the run.
      TMPDIR: folder,
      TEMP: folder,
      TMP: folder,
      HOLDFAST_STATE_DIR: path.join(folder, 's'),
    },
  });
  const counts = await readCounts(result);
  if (ended.timedOut) problems.push(`did not end within ${deadline / 1000} s`);
  else if (!counts) problems.push(`ended without a report (${ended.signal ?? `exit code ${ended.code}`})`);
  else if (ended.code !== 0 && counts.failures.length === 0)
    problems.push(`ended with ${ended.signal ?? `exit code ${ended.code}`}`);
  for (const { pid, command } of await endMarked(mark, signal.aborted ? 0 : LEFTOVER_MS)) {
    problems.push(`left process ${pid} behind: ${command}`);
  }
  if (!signal.aborted) for (const problem of problems) console.error(`${name}: ${problem}`);
  return sum([counts ?? NOTHING, ...problems.map(failure)]);
}

async function readCounts(file: string): Promise<Counts | undefined> {
  try {
    // Written by `reportCounts`, whole or not at all: the process that writes it does nothing afterwards.
    return JSON.parse(await readFile(file, 'utf8')) as Counts;
  } catch {
    return undefined;
  }
}
