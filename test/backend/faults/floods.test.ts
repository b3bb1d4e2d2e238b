import assert from 'node:assert/strict';
import { Configure, DEFAULT_SETTINGS } from '../../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { MAX_LOG_BYTES } from '../../../backend/sessions/event-log.ts';
import { languages } from '../../../backend/workers/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { Bystander } from '../../helpers/bystander.ts';
import { eventually } from '../../helpers/eventually.ts';
import { timesUpTo } from '../../helpers/patient-ladder.ts';
import { StalledClient } from '../../helpers/stalled-client.ts';

const MEGABYTE = 1024 * 1024;
/** More than the backend keeps, on each stream. */
const FLOOD_BYTES = 2 * MAX_LOG_BYTES;

/** Both streams at once: one by the program itself, the other by a child of it. */
const BOTH: Readonly<Record<LanguageId, string>> = {
  python: `
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import sys; [sys.stderr.write('e' * 1024) for _ in range(${FLOOD_BYTES / 1024})]"])
for _ in range(${FLOOD_BYTES / 1024}): sys.stdout.write("o" * 1024)
child.wait()`,
  javascript: `
const child = require("child_process").spawn(process.execPath, ["-e", "for (let n = 0; n < ${FLOOD_BYTES / 1024}; n++) require('fs').writeSync(2, 'e'.repeat(1024))"], { stdio: "inherit" });
for (let n = 0; n < ${FLOOD_BYTES / 1024}; n++) process.stdout.write("o".repeat(1024));
await new Promise((resolve) => child.on("exit", resolve))`,
};
const PRINT: Readonly<Record<LanguageId, (megabytes: number) => string>> = {
  python: (megabytes) => `import sys\nfor _ in range(${megabytes}): _ = sys.stdout.write("x" * ${MEGABYTE})\n"end"`,
  javascript: (megabytes) =>
    `for (let n = 0; n < ${megabytes}; n++) process.stdout.write("x".repeat(${MEGABYTE})); "end"`,
};

for (const { id, label } of languages) {
  describe(`floods: ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let bystander: Bystander;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      bystander = await Bystander.open(client);
    });
    after(() => workspace.remove());

    it('every byte of both streams comes, before the terminal event', async () => {
      const session = await TestSession.open(client, id);
      const { executionId, ended } = await session.start(BOTH[id]);
      await session.until(() => session.events.some(({ event }) => event.kind === 'output') || undefined);
      await bystander.assertUnharmed();
      assert.equal((await ended).status, 'succeeded');
      for (const [stream, letter] of [
        ['stdout', 'o'],
        ['stderr', 'e'],
      ] as const) {
        const written = session.output(executionId, stream);
        assert.equal(written.length, FLOOD_BYTES, stream);
        assert.equal(written.replaceAll(letter, ''), '', stream);
      }
      await bystander.assertUnharmed();
    });

    it('a client that stops reading holds its program back, no other, and lets it go when it leaves', async () => {
      const session = await TestSession.open(client, id);
      const stalled = await StalledClient.attach(workspace, session.id, 'lossless');
      const { executionId, ended } = await session.start(PRINT[id](64));
      await eventually(() => assert.ok(session.received(executionId) > 2 * MEGABYTE));
      await bystander.assertUnharmed();
      // What is in pipes and sockets has come by now: no more does while the other does not read.
      let before = -1;
      await eventually(() => {
        const now = session.received(executionId);
        const still = now === before;
        before = now;
        assert.ok(still, 'the program goes on');
      });
      assert.equal(session.outcome(executionId), undefined);
      assert.ok(before < 32 * MEGABYTE, `${before} bytes`);
      stalled.close();
      assert.equal((await ended).status, 'succeeded');
      assert.equal(session.received(executionId), 64 * MEGABYTE);
      await bystander.assertUnharmed();
    });

    it('a cancel ends a program that is held back by a client that stops reading', async () => {
      const session = await TestSession.open(client, id);
      const stalled = await StalledClient.attach(workspace, session.id, 'lossless');
      const { executionId, ended } = await session.start(PRINT[id](10_000));
      await eventually(() => assert.ok(session.received(executionId) > 2 * MEGABYTE));
      await client.request(Configure, { ...DEFAULT_SETTINGS, cancel: timesUpTo(['force']) });
      await session.cancel(executionId);
      const outcome = await ended;
      await client.request(Configure, DEFAULT_SETTINGS);
      assert.ok(outcome.status === 'cancelled');
      assert.notEqual(outcome.rung, 'kill');
      stalled.close();
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
      await bystander.assertUnharmed();
    });

    it('a lossy client that stops reading holds nobody back, and is told what it has missed', async () => {
      const session = await TestSession.open(client, id);
      const stalled = await StalledClient.attach(workspace, session.id, 'lossy');
      const { executionId, outcome } = await session.run(PRINT[id](64));
      assert.equal(outcome.status, 'succeeded');
      assert.equal(session.received(executionId), 64 * MEGABYTE);
      stalled.resume();
      await eventually(() => {
        const told = JSON.stringify(stalled.events);
        assert.match(told, /"kind":"dropped"/);
        assert.match(told, /"kind":"finished"/);
      });
      stalled.close();
      await bystander.assertUnharmed();
    });
  });
}
