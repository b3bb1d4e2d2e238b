import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { RESULT_VARIABLE } from '../../../scripts/lib/mocha.ts';
import { inRoot } from '../../../scripts/lib/paths.ts';
import { stopBackends } from '../../../scripts/lib/stop-backends.ts';
import { makeTemporary, removeTemporary } from '../../../scripts/lib/temporary.ts';
import { runInHost } from '../../helpers/vscode/run-in-host.ts';
import type { Group } from '../context.ts';
import { type Activation, type Measurements, RUNS_VARIABLE } from '../editor/measurements.ts';
import { tableOf } from '../table.ts';

const OUTPUT = inRoot('out/bench-editor');

/** What a person in the editor waits for, measured in the extension host of a VS Code. */
export const editor: Group = {
  name: 'editor',
  async run({ quick }) {
    const entry = await bundle();
    const starts = quick ? 1 : 5;
    const activations: Activation[] = [];
    let last: Measurements | undefined;
    for (let count = 1; count <= starts; count++) {
      last = await measure(entry, count < starts ? 0 : quick ? 20 : 300);
      activations.push(last.activation);
    }
    const { shown, namespace, blocked } = last ?? { shown: {}, namespace: {}, blocked: {} };
    return [
      tableOf('Editor: activation', 'ms', null, [
        {
          name: 'loading the code and activate, as VS Code reports them',
          values: activations.map(({ loading, activating }) => loading + activating),
          targets: [{ measure: 'p50', atMost: 50 }],
        },
        { name: 'of these: loading the code', values: activations.map(({ loading }) => loading) },
        { name: 'of these: activate', values: activations.map(({ activating }) => activating) },
        { name: 'until another extension has it', values: activations.map(({ whole }) => whole) },
      ]),
      tableOf(
        'Editor: from the command to the value at the end of the line, without the time of the code',
        'ms',
        null,
        Object.entries(shown).map(([name, values]) => ({ name, values, targets: [{ measure: 'p50', atMost: 50 }] })),
      ),
      tableOf(
        'Editor: from the command to the Namespace view when 5,000 variables have changed, without the time of the code',
        'ms',
        null,
        Object.entries(namespace).map(([name, values]) => ({
          name,
          values,
          targets: [{ measure: 'p50', atMost: 300 }],
        })),
      ),
      tableOf(
        'Editor: how long the event loop of the extension host stands still at a time',
        'ms',
        null,
        Object.entries(blocked).flatMap(([name, { late, worked, beside }]) => [
          { name, values: late, targets: [{ measure: 'max', atMost: 50 }] as const },
          { name: `${name}: work of its own`, values: worked },
          { name: `${name}: a process that has nothing to do with it`, values: beside },
        ]),
      ),
    ];
  },
};

async function bundle(): Promise<string> {
  await rm(OUTPUT, { recursive: true, force: true });
  const outfile = path.join(OUTPUT, 'index.cjs');
  await esbuild.build({
    entryPoints: [inRoot('test/bench/editor/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return outfile;
}

async function measure(entry: string, runs: number): Promise<Measurements> {
  const temporary = await makeTemporary('hf-bench');
  const state = path.join(temporary, 's');
  try {
    const workspace = path.join(temporary, 'workspace');
    await mkdir(workspace);
    const result = path.join(temporary, 'result.json');
    // The launcher, a process of its own, looks for the result, too.
    process.env[RESULT_VARIABLE] = result;
    await runInHost({ entry, workspace, state, result, env: { [RUNS_VARIABLE]: String(runs) } });
    return JSON.parse(await readFile(result, 'utf8'));
  } finally {
    delete process.env[RESULT_VARIABLE];
    await stopBackends(state);
    await removeTemporary(temporary);
  }
}
