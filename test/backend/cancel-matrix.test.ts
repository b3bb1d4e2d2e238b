import assert from 'node:assert/strict';
import { Configure, DEFAULT_SETTINGS, type Outcome } from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { languages } from '../../backend/workers/index.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { type CancelCase, cancelCases, INSIDE } from '../helpers/cancel-cases.ts';
import { timesUpTo } from '../helpers/patient-ladder.ts';

type Cancelled = Extract<Outcome, { status: 'cancelled' }>;

const KEEP = { python: 'kept = 41', javascript: 'let kept = 41' } as const;

describe('the cancel matrix', () => {
  const table: string[] = [];
  let workspace: TestWorkspace;
  let client: BackendClient;

  before(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
  });
  after(async () => {
    await workspace.remove();
    console.log(table.join('\n'));
  });

  for (const { id, label } of languages) {
    describe(label, () => {
      let session: TestSession;
      before(async () => {
        session = await TestSession.open(client, id);
      });
      beforeEach(() => session.run(KEEP[id]));

      for (const one of cancelCases.filter(({ language }) => language === id)) {
        const run = one.posix && process.platform === 'win32' ? it.skip : it;
        run(`ends ${one.name}${one.posix ? ' (not on Windows: it has no such program)' : ''}`, async () => {
          const used = one.when === 'starting' ? await TestSession.open(client, id) : session;
          await client.request(Configure, { ...DEFAULT_SETTINGS, cancel: timesUpTo(one.rungs) });
          const outcome = await cancelInside(used, one);
          table.push(
            `${label.padEnd(24)} ${one.name.padEnd(44)} ${outcome.rung.padEnd(12)} ${(outcome.cancelSeconds * 1000).toFixed(0).padStart(5)} ms`,
          );
          assert.ok(one.rungs.includes(outcome.rung), `by ${outcome.rung} after ${outcome.cancelSeconds} s`);
          if (used !== session) return assertAnswers(used, '40 + 2');
          if (outcome.rung === 'kill') {
            assert.ok(outcome.lost.includes('kept'), `lost: ${outcome.lost}`);
            assert.equal((await session.namespace()).has('kept'), false);
          } else assert.deepEqual(outcome.lost, []);
          await assertAnswers(session, outcome.rung === 'kill' ? '40 + 2' : 'kept + 1');
        });
      }
    });
  }
});

async function assertAnswers(session: TestSession, code: string): Promise<void> {
  const { lines } = await session.run(code);
  // What a cancelled child still had to say may come with the next cell.
  assert.equal(lines.at(-1), '=> 42');
}

/** Runs the cell until it is where it should be, cancels it three times at once and once more when it has ended. */
async function cancelInside(session: TestSession, one: CancelCase): Promise<Cancelled> {
  const options = one.dialect ? { dialect: one.dialect } : {};
  const before =
    one.when === 'queued'
      ? await session.start(one.language === 'python' ? 'import time; time.sleep(60)' : 'for (;;);')
      : undefined;
  const { executionId, ended } = await session.start(one.code, options);
  if (one.when === 'running')
    await session.until(() => session.output(executionId, 'stdout').includes(INSIDE) || undefined);
  if (one.when === 'prompt') await session.prompt(executionId);
  await Promise.all([1, 2, 3].map(() => session.cancel(executionId)));
  const outcome = await ended;
  await session.cancel(executionId);
  if (before) {
    await session.cancel(before.executionId);
    await before.ended;
  }
  assert.ok(outcome.status === 'cancelled', `ended as ${JSON.stringify(outcome)}`);
  const terminal = session.events.filter(({ event }) => event.kind === 'finished' && event.executionId === executionId);
  assert.equal(terminal.length, 1, 'one terminal event');
  return outcome;
}
