import { globSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inRoot, ROOT } from '../lib/paths.ts';
import { whyNoWindow } from '../vscode-host/desktop.ts';
import { checks } from './checks.ts';
import { runTests } from './runner.ts';
import { NOTHING, type Run, SKIPPED, type Suite } from './suite.ts';

const MOCHA_PROCESS = path.join(import.meta.dirname, 'mocha-process.ts');
const MINUTE = 60_000;

/** Folders of test/ that hold no suite, or one that needs more than mocha in Node. */
const NOT_PLAIN = ['bench', 'e2e', 'extension', 'fixtures', 'helpers'];
/** Suites that run first, in this order; others follow by name. */
const FIRST = ['unit', 'protocol', 'backend', 'architecture', 'package'];

interface Times {
  /** Milliseconds for one test, unless it says otherwise itself. */
  test: number;
  /** Milliseconds for the whole suite. */
  suite: number;
}

const TIMES: Times = { test: 10_000, suite: 2 * MINUTE };
const LONGER: Record<string, Times> = {
  unit: { test: 10_000, suite: 6 * MINUTE },
  backend: { test: 60_000, suite: 40 * MINUTE },
  package: { test: 30_000, suite: 2 * MINUTE },
  page: { test: 30_000, suite: 6 * MINUTE },
  e2e: { test: 60_000, suite: 25 * MINUTE },
};

function testFiles(name: string): string[] {
  return globSync(`test/${name}/**/*.test.ts`, { cwd: ROOT }).sort();
}

async function runMocha(name: string, run: Run, env: NodeJS.ProcessEnv = {}) {
  const { test, suite } = LONGER[name] ?? TIMES;
  const args = [MOCHA_PROCESS, String(test), ...testFiles(name)];
  return runTests({ name, args, deadline: suite, env }, run);
}

function plain(name: string): Suite {
  return {
    name,
    async run(run) {
      return runMocha(name, run, name === 'package' ? { HOLDFAST_VSIX: await run.vsix() } : {});
    },
  };
}

const extension: Suite = {
  name: 'extension',
  async run(run) {
    if (testFiles('extension').length === 0) return NOTHING;
    if (whyNoWindow()) await run.headless();
    const args = [inRoot('test/extension/run.ts')];
    return runTests({ name: 'extension', args, deadline: 20 * MINUTE }, run);
  },
};

const e2e: Suite = {
  name: 'e2e',
  async run(run) {
    if (process.platform === 'win32') {
      console.log('Skipped: the headless VS Code (code-server) does not run on Windows.');
      return SKIPPED;
    }
    await run.headless();
    return runMocha('e2e', run, { HOLDFAST_VSIX: await run.vsix() });
  },
};

function plainSuites(): Suite[] {
  const folders = readdirSync(inRoot('test')).filter((name) => !NOT_PLAIN.includes(name) && testFiles(name).length > 0);
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return folders.sort((one, other) => rank(one) - rank(other) || one.localeCompare(other)).map(plain);
}

/** All suites in the order in which they run. A folder of test/ with `*.test.ts` in it is one. */
export const suites: Suite[] = [...checks, ...plainSuites(), extension, e2e];
