import { closeSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Durable } from '../../../backend/durable/durable.ts';
import { JournalFiles } from '../../../backend/durable/journal/files.ts';
import { encodeHeader, FileKind, FORMAT_VERSION } from '../../../backend/durable/journal/record.ts';
import { writeSnapshot } from '../../../backend/durable/snapshot.ts';
import { StateMachine } from '../../../backend/durable/state-machine.ts';
import { StateFolder } from '../../../backend/rpc/state-folder.ts';
import { makeTemporary } from '../../../scripts/lib/temporary.ts';
import { TestWorkspace } from '../../helpers/backend.ts';
import { type Group, withBackend } from '../context.ts';
import { finishedSteps } from '../finished-steps.ts';
import { BenchSession } from '../session.ts';
import { time } from '../stats.ts';
import { tableOf } from '../table.ts';

const HOUR = 3_600_000;
const PROMISES = 100_000;

/** The durable layer by itself: what one acknowledged promise costs, and a start with many. */
export const durable: Group = {
  name: 'durable',
  async run({ interpreter, quick }) {
    const folder = await makeTemporary('holdfast-bench');
    try {
      const layer = await Durable.open({ network: { kind: 'embedded', folder: path.join(folder, 'promises') } });
      const both: number[] = [];
      for (let n = -50; n < (quick ? 300 : 3000); n++) {
        const took = await time(async () => {
          await layer.create(`p${n + 50}`, { timeoutMs: HOUR, data: n });
          await layer.settle(`p${n + 50}`, 'resolve', n);
        });
        if (n >= 0) both.push(took);
      }
      await layer.close();

      const starts: number[] = [];
      const many = path.join(folder, 'many');
      await makeMany(many);
      for (let n = 0; n < (quick ? 3 : 10); n++) {
        let opened: Durable | undefined;
        starts.push(
          await time(async () => {
            opened = await Durable.open({ network: { kind: 'embedded', folder: many } });
          }),
        );
        await opened?.close();
      }
      const rows = [
        { name: 'create and settle, each on disk', values: both, targets: [{ measure: 'p50', atMost: 1 } as const] },
        {
          name: `open with ${PROMISES} promises`,
          values: starts,
          targets: [{ measure: 'max', atMost: 1000 } as const],
        },
      ];
      return [
        tableOf('Durable promises', 'ms', null, rows),
        ...(await cells(interpreter, quick)),
        await finishedSteps(interpreter, quick),
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function makeMany(folder: string): Promise<void> {
  const machine = new StateMachine();
  for (let n = 0; n < PROMISES; n++) {
    const data = {
      id: `p${n}`,
      timeoutAt: Date.now() + HOUR,
      param: { headers: {}, data: 'IjEi' },
      tags: { 'resonate:external': 'true' },
    };
    machine.apply(1, { kind: 'promise.create', data });
  }
  const files = new JournalFiles(folder);
  await writeSnapshot(files.snapshot(1), 1, machine.copy());
  closeSync(files.open(1, true));
}

const KEPT = 'kept on disk';
const NOT_KEPT = 'not kept';

/** A cell, and a question, in a backend that keeps its executions, and in one that cannot: its files are of a newer version. */
async function cells(interpreter: string, quick: boolean) {
  const workspace = await TestWorkspace.make();
  try {
    const { promisesFolder } = await StateFolder.of(workspace.path, workspace.env);
    await mkdir(promisesFolder, { recursive: true });
    const newer = encodeHeader(FileKind.snapshot, FORMAT_VERSION + 1);
    await writeFile(path.join(promisesFolder, 'snapshot-00000001'), newer);
    const forgetting = await workspace.connect();
    return await withBackend(async (keeping) => {
      const contenders = {
        [KEPT]: await BenchSession.open(keeping, 'python', interpreter),
        [NOT_KEPT]: await BenchSession.open(forgetting, 'python', interpreter),
      };
      const compare = async (what: string, rounds: number, work: (session: BenchSession) => Promise<unknown>) => {
        const measured = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
        for (let round = -50; round < rounds; round++) {
          for (const [name, session] of Object.entries(contenders)) {
            const took = await time(() => work(session));
            if (round >= 0) measured.get(name)?.push(took);
          }
        }
        const rows = [...measured].map(([name, values]) => ({ name: `${what}, ${name}`, values }));
        return tableOf(`${what}, with and without its history`, 'ms', `${what}, ${NOT_KEPT}`, rows);
      };
      return [
        await compare('1+1', quick ? 300 : 2000, (session) => session.run('1+1')),
        await compare('input(), answered at once', quick ? 100 : 500, answered),
      ];
    });
  } finally {
    await workspace.remove();
  }
}

async function answered(session: BenchSession): Promise<void> {
  const { executionId, ended } = await session.start('input("?")');
  const promptId = await session.prompted(executionId);
  if (promptId === null) throw new Error('It ended without having asked.');
  await session.answer(promptId, 'x');
  await ended;
}
