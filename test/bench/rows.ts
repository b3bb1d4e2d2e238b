import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { python } from '../../backend/workers/python/language.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { holdfast } from '../helpers/cli.ts';
import type { Ipykernel } from './ipykernel.ts';
import type { Row } from './main.ts';
import { interleave, summarise, time } from './stats.ts';

const run = promisify(execFile);
const COLD_ROUNDS = 10;
const WARM_ROUNDS = 5_000;
/** ipykernel's round trip is measured less often: it takes that much longer. */
const WARM_BATCH = 10;

/** @param base the contender whose median the others are divided by. */
function rowsOf(table: string, measured: Readonly<Record<string, readonly number[]>>, base: string): Row[] {
  const baseline = measured[base] ? summarise(measured[base]).p50 : null;
  return Object.entries(measured).map(([name, values]) => {
    const summary = summarise(values);
    return { table, name, summary, ratio: baseline === null || name === base ? null : summary.p50 / baseline };
  });
}

/** From nothing to the value of `1+1`. */
export async function coldRows(ipykernel: Ipykernel | undefined): Promise<Row[]> {
  const workspace = await TestWorkspace.make();
  try {
    await writeFile(path.join(workspace.path, 'one.py'), '1+1\n');
    await writeFile(path.join(workspace.path, 'one.js'), '1+1\n');
    const { path: interpreter } = await python.find({ configured: null, workspace: workspace.path, env: process.env });
    const cli = (...args: string[]) => holdfast(workspace, ['run', ...args]);
    const stop = () => holdfast(workspace, ['stop']);
    const session = async (language: 'python' | 'javascript') => {
      const client = await workspace.connect();
      const took = await time(async () => (await TestSession.open(client, language, { ephemeral: true })).run('1+1'));
      client.close();
      return took;
    };
    const contenders: Record<string, () => Promise<number>> = {
      'python3 -c': () => time(() => run(interpreter, ['-c', 'print(1+1)'])),
      'node -e': () => time(() => run(process.execPath, ['-e', 'console.log(1+1)'])),
      'holdfast run one.py, no backend': async () => {
        await stop();
        return time(() => cli('one.py', '--python', interpreter));
      },
      'holdfast run one.py': () => time(() => cli('one.py', '--python', interpreter)),
      'holdfast run one.js': () => time(() => cli('one.js')),
      'new Python session to first result': () => session('python'),
      'new JavaScript session to first result': () => session('javascript'),
      ...(ipykernel ? { 'ipykernel to first result': () => ipykernel.cold() } : {}),
    };
    const measured = await interleave(COLD_ROUNDS, contenders);
    return rowsOf('Cold: 1+1 from nothing (ratio to ipykernel)', measured, 'ipykernel to first result');
  } finally {
    await workspace.remove();
  }
}

/** `1+1` in a session that lives: client, backend, worker and back, until the terminal event. */
export async function warmRows(ipykernel: Ipykernel | undefined): Promise<Row[]> {
  const workspace = await TestWorkspace.make();
  try {
    const client = await workspace.connect();
    const sessions = {
      python: await TestSession.open(client, 'python'),
      javascript: await TestSession.open(client, 'javascript'),
    };
    const roundTrip = async (language: keyof typeof sessions) => {
      const session = sessions[language];
      // What it remembers of earlier rounds is not part of the measurement.
      session.events.length = 0;
      const { ended } = await session.start('1+1');
      await ended;
    };
    for (let warmUp = 0; warmUp < 50; warmUp++)
      for (const language of ['python', 'javascript'] as const) await roundTrip(language);
    const ours: Record<'Python round trip' | 'JavaScript round trip', number[]> = {
      'Python round trip': [],
      'JavaScript round trip': [],
    };
    const theirs: number[] = [];
    await ipykernel?.warm();
    for (let round = 0; round < WARM_ROUNDS; round++) {
      ours['Python round trip'].push(await time(() => roundTrip('python')));
      ours['JavaScript round trip'].push(await time(() => roundTrip('javascript')));
      if (ipykernel && round % WARM_BATCH === 0) theirs.push(await ipykernel.warm());
    }
    const measured = { ...ours, ...(ipykernel ? { 'ipykernel round trip': theirs } : {}) };
    return rowsOf('Warm: 1+1 in a session that lives (ratio to ipykernel)', measured, 'ipykernel round trip');
  } finally {
    await workspace.remove();
  }
}
