import assert from 'node:assert/strict';
import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  Configure,
  CreateCheckpoint,
  DEFAULT_SETTINGS,
  KillSession,
  ListCheckpoints,
  ReadCheckpoint,
  type Recovery,
  RemoveCheckpoint,
  RestartSession,
  RestoreCheckpoint,
} from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { stop, TestSession, TestWorkspace } from '../helpers/backend.ts';
import { endlessInC } from '../helpers/cancel-cases.ts';
import { eventually } from '../helpers/eventually.ts';
import { posix } from '../helpers/where.ts';

const CODE = {
  python: {
    drop: 'del changed',
    wait: 'import time; time.sleep(60)',
    define: 'kept = [1, 2]\nchanged = "before"\nlock = __import__("threading").Lock()',
    change: 'changed = "after"\nfresh = 1',
    ask: '(kept, changed)',
    answer: "=> ([1, 2], 'before')",
    die: 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)',
  },
  javascript: {
    drop: 'delete globalThis.changed',
    wait: 'await new Promise(() => {})',
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
    const { define, change, drop, wait, ask, answer, die } = CODE[language];

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
      const told = session.events.map(({ event }) => event.kind);
      const lost = session.events.findIndex(
        ({ event }) => event.kind === 'finished' && event.outcome.status === 'lost',
      );
      assert.ok(lost >= 0 && lost < told.indexOf('recovered'), 'what was lost is told first');
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

    it('does not get back what was deleted since, also when its next worker goes away', async () => {
      await checkpointed();
      await session.run(drop);
      for (const round of [0, 1]) {
        await session.run(die);
        assert.match((await session.run('changed')).lines[0] ?? '', /error (NameError|ReferenceError)/);
        assert.deepEqual(recoveries()[round]?.restored, ['kept']);
      }
    });

    it('begins anew with nothing when a person restarts it, and then has nothing to get back', async () => {
      await checkpointed();
      await client.request(RestartSession, { sessionId: session.id });
      assert.match((await session.run(ask)).lines[0] ?? '', /error (NameError|ReferenceError)/);
      assert.deepEqual(recoveries(), []);
      await session.run(change);
      await session.run(die);
      await session.run('1');
      assert.deepEqual([recoveries()[0]?.checkpoint, recoveries()[0]?.restored], [null, []]);
    });

    it('has what it ends with stored before it is restarted or ended, and says where', async () => {
      await session.run(define);
      const { checkpoint } = await client.request(RestartSession, { sessionId: session.id });
      assert.equal(checkpoint?.checkpointId, (await checkpoints())[0]?.checkpointId);
      const told = await session.until(() => session.events.find(({ event }) => event.kind === 'restarted')?.event);
      assert.deepEqual(told, { kind: 'restarted', checkpoint });
      // The new worker is not ready yet: it is waited for.
      const restore = { sessionId: session.id, checkpointId: null, names: null, trusted: false };
      await client.request(RestoreCheckpoint, restore);
      assert.deepEqual((await session.run(ask)).lines, [answer]);
      await session.run(change);
      const last = (await client.request(KillSession, { sessionId: session.id })).checkpoint;
      assert.equal(last?.checkpointId, (await checkpoints())[0]?.checkpointId);
      assert.notEqual(last?.checkpointId, checkpoint?.checkpointId);
      const { variables } = await client.request(ReadCheckpoint, { checkpointId: last?.checkpointId ?? '' });
      assert.ok(variables.some(({ name }) => name === 'fresh'));
    });

    it('has it stored again when the checkpoint that held it was removed, and never names one that is gone', async () => {
      await session.run(define);
      const { checkpoint } = await client.request(CreateCheckpoint, { sessionId: session.id, name: 'gone' });
      await client.request(RemoveCheckpoint, { checkpointId: checkpoint.checkpointId });
      assert.deepEqual(await checkpoints(), []);
      const named = (await client.request(RestartSession, { sessionId: session.id })).checkpoint;
      assert.deepEqual(
        (await checkpoints()).map(({ checkpointId }) => checkpointId),
        [named?.checkpointId],
      );
      const restore = { sessionId: session.id, checkpointId: null, names: null, trusted: false };
      await client.request(RestoreCheckpoint, restore);
      await client.request(RemoveCheckpoint, { checkpointId: named?.checkpointId ?? '' });
      await stop(client);
      client = await workspace.connect();
      session = await TestSession.open(client, language, { name: language });
      assert.deepEqual((await session.run(ask)).lines, [answer]);
    });

    it('has what it ends with stored before its backend ends', async () => {
      await session.run(define);
      await stop(client);
      client = await workspace.connect();
      session = await TestSession.open(client, language, { name: language });
      assert.deepEqual((await session.run(ask)).lines, [answer]);
    });

    it('is restarted at once when nothing can be stored: a cell runs, nothing is there, nobody wants it', async () => {
      const restart = async () => (await client.request(RestartSession, { sessionId: session.id })).checkpoint;
      assert.equal(await restart(), null);
      await session.run(define);
      const { ended } = await session.start(wait);
      await session.until(() => session.events.findLast(({ event }) => event.kind === 'started'));
      assert.equal(await restart(), null);
      assert.equal((await ended).status, 'lost');
      await client.request(Configure, {
        ...DEFAULT_SETTINGS,
        checkpoints: { ...DEFAULT_SETTINGS.checkpoints, automatic: false },
      });
      await session.run(define);
      assert.equal(await restart(), null);
      assert.deepEqual(await checkpoints(), []);
    });

    it('stores nothing by itself of what is empty, or as it was brought back', async () => {
      await automatic(0);
      await session.run(define);
      const settled = async () => {
        // Its checkpoint would be made before this one, which is asked for later.
        const request = { sessionId: session.id, name: `at ${Date.now()}` };
        await client.request(CreateCheckpoint, request);
        return (await checkpoints()).filter(({ name }) => name === null).map(({ checkpointId }) => checkpointId);
      };
      await eventually(async () => assert.equal((await checkpoints()).length, 1));
      const made = await settled();
      await client.request(RestartSession, { sessionId: session.id });
      await session.run('1;');
      assert.deepEqual(await settled(), made);
      const restore = { sessionId: session.id, checkpointId: made[0] ?? '', names: null, trusted: false };
      await client.request(RestoreCheckpoint, restore);
      await session.run(die);
      await session.until(() => recoveries()[0]);
      assert.deepEqual(await settled(), made);
    });

    it('makes no checkpoint of what a person has had stored meanwhile', async () => {
      await automatic(300);
      await session.run(define);
      await client.request(CreateCheckpoint, { sessionId: session.id, name: 'mine' });
      // One that would be made later than its own.
      const other = await TestSession.open(client, language, { name: 'other' });
      await other.run(define);
      const of = async ({ id }: TestSession) => (await checkpoints()).filter(({ sessionId }) => sessionId === id);
      await eventually(async () => assert.equal((await of(other)).length, 1));
      assert.equal((await of(session))[0]?.name, 'mine');
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

describe('a checkpoint of a session whose next cell is on its way', () => {
  posix('is not said to hold what that cell makes, however close it comes behind', async () => {
    const workspace = await TestWorkspace.make();
    const client = await workspace.connect();
    try {
      const session = await TestSession.open(client, 'python');
      await session.run(`import os, threading, time
x = 1
class Slow:
    def __reduce__(self):
        while not os.path.exists("go"): time.sleep(0.01)
        return (Slow, ())
slow = Slow()`);
      const stored = client.request(CreateCheckpoint, { sessionId: session.id, name: 'first' });
      // It tells that it is done when the backend has been told all of it.
      const next = await session.start('x = 2\nthreading.Timer(0.2, lambda: open("done", "w").close()).start()');
      process.kill(client.hello.pid, 'SIGSTOP');
      try {
        await writeFile(path.join(workspace.path, 'go'), '');
        await eventually(() => access(path.join(workspace.path, 'done')));
      } finally {
        process.kill(client.hello.pid, 'SIGCONT');
      }
      await Promise.all([stored, next.ended]);
      await client.request(RestartSession, { sessionId: session.id });
      const restore = { sessionId: session.id, checkpointId: null, names: ['x'], trusted: false };
      await client.request(RestoreCheckpoint, restore);
      assert.deepEqual((await session.run('x')).lines, ['=> 2']);
    } finally {
      client.close();
      await workspace.remove();
    }
  });
});

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
      const { executionId, ended } = await session.start(`sum(${endlessInC('go')})`);
      // Cancelled before, an interrupt would be enough.
      await session.until(() => session.output(executionId, 'stdout').includes('go') || undefined);
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
