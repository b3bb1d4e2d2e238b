import assert from 'node:assert/strict';
import {
  Configure,
  DEFAULT_SETTINGS,
  ListCheckpoints,
  type Recovery,
  RestartSession,
} from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';

const CODE = {
  python: {
    define: 'kept = [1, 2]\nchanged = "before"\nlock = __import__("threading").Lock()',
    change: 'changed = "after"\nfresh = 1',
    ask: '(kept, changed)',
    answer: "=> ([1, 2], 'before')",
    die: 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)',
  },
  javascript: {
    define: 'const kept = [1, 2]; let changed = "before"; const lock = new WeakMap();',
    change: 'changed = "after"; const fresh = 1;',
    ask: '[...kept, changed]',
    answer: "=> [ 1, 2, 'before' ]",
    die: 'process.kill(process.pid, "SIGKILL"); await new Promise(() => {})',
  },
} as const;

for (const language of ['python', 'javascript'] as const) {
  describe(`a ${language} session whose worker goes away`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let session: TestSession;
    const { define, change, ask, answer, die } = CODE[language];

    beforeEach(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      session = await TestSession.open(client, language);
    });
    afterEach(async () => {
      client.close();
      await workspace.remove();
    });

    const automatic = (idleMs: number) =>
      client.request(Configure, {
        ...DEFAULT_SETTINGS,
        checkpoints: { ...DEFAULT_SETTINGS.checkpoints, idleMs },
      });
    const checkpoints = async () => (await client.request(ListCheckpoints, {})).checkpoints;
    const recoveries = (): Recovery[] =>
      session.events.flatMap(({ event }) => (event.kind === 'recovered' ? [event.recovery] : []));
    async function checkpointed(): Promise<void> {
      await automatic(0);
      await session.run(define);
      await eventually(async () => assert.equal((await checkpoints()).length, 1));
      await automatic(1_000_000);
    }

    it('gets its variables back from the last checkpoint, and says which are older and which are lost', async () => {
      await checkpointed();
      await session.run(change);
      assert.equal((await session.run(die)).outcome.status, 'lost');
      assert.deepEqual((await session.run(ask)).lines, [answer]);
      const [recovery] = recoveries();
      assert.deepEqual(recovery?.restored, ['kept']);
      assert.deepEqual(recovery?.older, ['changed']);
      assert.deepEqual(
        recovery?.lost.filter(({ name }) => name === 'lock' || name === 'fresh').map(({ name }) => name),
        ['lock', 'fresh'],
      );
      assert.equal(recovery?.lost.find(({ name }) => name === 'fresh')?.reason, 'It was made after the checkpoint.');
      assert.equal(recoveries().length, 1);
    });

    it('says that all is lost when there was no checkpoint', async () => {
      await session.run(define);
      await session.run(die);
      await session.run('1');
      const [recovery] = recoveries();
      assert.equal(recovery?.checkpoint, null);
      assert.deepEqual(recovery?.lost.map(({ name, reason }) => [name, reason]).slice(0, 1), [
        ['kept', 'No checkpoint had been made.'],
      ]);
    });

    it('begins anew with nothing when a person restarts it', async () => {
      await checkpointed();
      await client.request(RestartSession, { sessionId: session.id });
      assert.match((await session.run(ask)).lines[0] ?? '', /error (NameError|ReferenceError)/);
      assert.deepEqual(recoveries(), []);
    });

    it('makes no checkpoint of what has not changed, and keeps the newest few', async () => {
      await automatic(0);
      for (let round = 0; round < 5; round++) {
        const before = (await checkpoints())[0]?.checkpointId;
        await session.run(language === 'python' ? `x = ${round}` : `globalThis.x = ${round}`);
        await eventually(async () => assert.notEqual((await checkpoints())[0]?.checkpointId, before));
      }
      const made = await checkpoints();
      assert.equal(made.length, 3);
      await session.run(language === 'python' ? '1 + 1;' : 'void 0');
      await session.run(language === 'python' ? 'y = 1' : 'globalThis.y = 1');
      await eventually(async () => assert.notEqual((await checkpoints())[0]?.checkpointId, made[0]?.checkpointId));
      assert.equal((await checkpoints())[1]?.checkpointId, made[0]?.checkpointId);
    });
  });
}

describe('a session whose cell only a kill ends', () => {
  it('gets back what its checkpoint has', async () => {
    const workspace = await TestWorkspace.make();
    const client = await workspace.connect();
    try {
      const session = await TestSession.open(client, 'python');
      await client.request(Configure, {
        ...DEFAULT_SETTINGS,
        checkpoints: { ...DEFAULT_SETTINGS.checkpoints, idleMs: 0 },
      });
      await session.run('kept = 5');
      await eventually(async () => assert.equal((await client.request(ListCheckpoints, {})).checkpoints.length, 1));
      const { executionId, ended } = await session.start('sum(range(10**12))');
      await session.cancel(executionId);
      const outcome = await ended;
      assert.equal(outcome.status === 'cancelled' && outcome.rung, 'kill');
      assert.deepEqual((await session.run('kept')).lines, ['=> 5']);
    } finally {
      client.close();
      await workspace.remove();
    }
  });
});
