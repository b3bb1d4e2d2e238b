import { commandFile, ROOT } from '../lib/paths.ts';
import { run } from '../lib/processes.ts';
import { failure, PASSED, type Suite } from './suite.ts';

const DEADLINE_MS = 5 * 60_000;

/** A check is one test: it passes when each of its commands ends with 0. What they print is shown only when one does not. */
function check(name: string, commands: (() => [file: string, ...args: string[]])[]): Suite {
  return {
    name,
    parallel: true,
    async run({ signal }) {
      let result = PASSED;
      for (const command of commands) {
        const { code, output, timedOut } = await run(process.execPath, command(), {
          cwd: ROOT,
          output: 'capture',
          deadline: DEADLINE_MS,
          signal,
        });
        if (code === 0) continue;
        const reason = timedOut ? `did not end within ${DEADLINE_MS / 60_000} minutes` : `exit code ${code}`;
        console.error(`${output.trim()}\n${name}: ${reason}`);
        result = failure(reason);
      }
      return result;
    },
  };
}

export const checks: Suite[] = [
  check('types', [
    () => [commandFile('typescript', 'tsc'), '-p', '.'],
    () => [commandFile('typescript', 'tsc'), '-p', 'media'],
  ]),
  check('lint', [() => [commandFile('@biomejs/biome', 'biome'), 'check', '--error-on-warnings', '.']]),
  check('python', [() => [commandFile('pyright', 'pyright')]]),
];
