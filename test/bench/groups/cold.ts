import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { stop, TestWorkspace } from '../../helpers/backend.ts';
import { holdfast } from '../../helpers/cli.ts';
import { type Group, pause } from '../context.ts';
import { Echo, isInstalled } from '../processes.ts';
import { BenchSession } from '../session.ts';
import { type Contender, interleave, time } from '../stats.ts';
import { type Measured, tableOf } from '../table.ts';

const run = promisify(execFile);
const IPYKERNEL = 'ipykernel';
const TARGETS: Readonly<Record<string, Measured['targets']>> = {
  'new Python session': [{ measure: 'p50', against: { row: IPYKERNEL, measure: 'p50' }, atMost: 0.15 }],
  'second Python session': [{ measure: 'p50', atMost: 5 }],
};

/** From nothing to the value of `1+1`. */
export const cold: Group = {
  name: 'cold',
  async run({ ipykernel, interpreter, quick }) {
    const workspace = await TestWorkspace.make();
    try {
      await writeFile(path.join(workspace.path, 'one.py'), '1+1\n');
      await writeFile(path.join(workspace.path, 'one.js'), '1+1\n');
      const cli = (...args: string[]) => holdfast(workspace, ['run', ...args]);
      const session = async (language: LanguageId, which: 'first' | 'second') => {
        // A backend of its own each time, so that no worker waits for the first session.
        const client = await workspace.connect();
        await stop(client);
        const fresh = await workspace.connect();
        const program = language === 'python' ? interpreter : process.execPath;
        const open = async () => (await BenchSession.open(fresh, language, program)).succeed('1+1');
        if (which === 'second') {
          await open();
          await pause(1000);
        }
        return time(open);
      };
      const contenders: Record<string, Contender> = {
        'python3 -c': () => time(() => run(interpreter, ['-c', 'print(1+1)'])),
        'node -e': () => time(() => run(process.execPath, ['-e', 'console.log(1+1)'])),
        ...((await isInstalled('deno'))
          ? { 'deno eval': () => time(() => run('deno', ['eval', 'console.log(1+1)'])) }
          : {}),
        'node -i': async () => {
          let repl: Echo | undefined;
          const took = await time(async () => {
            repl = new Echo(process.execPath, ['-i']);
            await repl.ask('1+1', '> 2\n> ');
          });
          await repl?.close();
          return took;
        },
        'holdfast run one.py, no backend yet': async () => {
          await holdfast(workspace, ['stop']);
          return time(() => cli('one.py', '--python', interpreter));
        },
        'holdfast run one.py': () => time(() => cli('one.py', '--python', interpreter)),
        'holdfast run one.js': () => time(() => cli('one.js')),
        'new Python session': () => session('python', 'first'),
        'second Python session': () => session('python', 'second'),
        'new JavaScript session': () => session('javascript', 'first'),
        'second JavaScript session': () => session('javascript', 'second'),
        ...(ipykernel ? { [IPYKERNEL]: () => ipykernel.cold() } : {}),
      };
      const measured = await interleave(quick ? 3 : 10, contenders);
      const rows = Object.entries(measured).map(([name, values]) => ({ name, values, targets: TARGETS[name] ?? [] }));
      return [tableOf('Cold: from nothing to the value of 1+1', 'ms', IPYKERNEL, rows)];
    } finally {
      await workspace.remove();
    }
  },
};
