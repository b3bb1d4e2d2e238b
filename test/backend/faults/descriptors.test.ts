import assert from 'node:assert/strict';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { languages } from '../../../backend/workers/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { Bystander } from '../../helpers/bystander.ts';

/** What user code closes, and how its cell may end: its own error is one, the end of its worker another. */
const CLOSES: Readonly<Record<LanguageId, readonly (readonly [what: string, code: string, ...ends: string[]])[]>> = {
  python: [
    ['0', 'import os\nos.close(0)', 'succeeded', 'failed'],
    ['1', 'import os\nos.close(1)', 'succeeded'],
    ['1 and prints', 'import os\nos.close(1)\nprint("x")', 'succeeded', 'failed'],
    ['2', 'import os\nos.close(2)', 'succeeded'],
    ['0 to 2', 'import os\nos.closerange(0, 3)', 'succeeded'],
    ['0 to 5', 'import os\nos.closerange(0, 6)', 'succeeded'],
    ['0 to 19', 'import os\nos.closerange(0, 20)', 'succeeded', 'lost'],
    ['everything', 'import os\nos.closerange(0, 65536)', 'lost'],
    ['sys.stdout', 'import sys\nsys.stdout.close()\nprint("x")', 'succeeded', 'failed'],
    ['1 by opening something else there', 'import os\nos.dup2(os.open(os.devnull, os.O_WRONLY), 1)', 'succeeded'],
  ],
  javascript: [
    ...[0, 1, 2, 3, 4, 5].map(
      (fd) => [String(fd), `require("fs").closeSync(${fd})`, 'succeeded', 'failed', 'lost'] as const,
    ),
    ['1 and prints', 'require("fs").closeSync(1); console.log("x")', 'succeeded', 'failed', 'lost'],
    [
      '0 to 19',
      'for (let fd = 0; fd < 20; fd++) try { require("fs").closeSync(fd) } catch {}',
      'succeeded',
      'failed',
      'lost',
    ],
    ['process.stdout', 'process.stdout.end(); process.stdout.destroy(); console.log("x")', 'succeeded', 'failed'],
  ],
};

for (const { id, label } of languages) {
  describe(`user code that closes descriptors: ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let bystander: Bystander;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      bystander = await Bystander.open(client);
    });
    after(() => workspace.remove());

    for (const [what, code, ...ends] of CLOSES[id]) {
      const run = process.platform === 'win32' ? it.skip : it;
      run(
        `${what}: the cell ends, the session answers again, no other is harmed (not on Windows: a worker has other descriptors)`,
        async () => {
          const session = await TestSession.open(client, id);
          const { executionId, outcome } = await session.run(code);
          assert.ok(ends.includes(outcome.status), JSON.stringify(outcome));
          const terminal = session.events.filter(
            ({ event }) => event.kind === 'finished' && event.executionId === executionId,
          );
          assert.equal(terminal.length, 1);
          await bystander.assertUnharmed();
          assert.equal(await answer(session), '42');
          await bystander.assertUnharmed();
        },
      );
    }
  });
}

/** A worker may notice only at the next cell that its connection is gone; the one after that has a new worker. */
async function answer(session: TestSession): Promise<string | null> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const { outcome } = await session.run('40 + 2');
    if (outcome.status === 'succeeded') return outcome.text;
    assert.equal(outcome.status, 'lost');
  }
  return null;
}
