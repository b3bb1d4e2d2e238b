import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  AnswerPrompt,
  Configure,
  CreateCheckpoint,
  DEFAULT_SETTINGS,
  ListCheckpoints,
  ReadHistory,
  RestartSession,
  type SessionEvent,
} from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { languages } from '../../backend/workers/index.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';

type Code = Readonly<Record<LanguageId, string>>;

/** Writes a letter into a file at each run, and takes its worker with it while the file has fewer than so many. */
const dying = (deaths: number, then: string): Code => ({
  python: `import os, signal
with open("runs", "a") as f: f.write("x")
print("run")
if os.path.getsize("runs") <= ${deaths}: os.kill(os.getpid(), signal.SIGKILL)
${then}`,
  javascript: `const fs = require("node:fs")
fs.appendFileSync("runs", "x")
fs.writeSync(1, "run\\n")
if (fs.statSync("runs").size <= ${deaths}) { process.kill(process.pid, "SIGKILL"); await new Promise(() => {}) }
${then}`,
});

const MARK: Code = { python: '# holdfast: idempotent\n', javascript: '// holdfast: idempotent\n' };
const ASK: Code = { python: 'input("Who?")', javascript: 'await input("Who?")' };
const SLEEP: Code = {
  python: 'import time\nwhile True: time.sleep(60)',
  javascript: 'await new Promise(() => {})',
};

for (const { id, label } of languages) {
  describe(`a cell of ${label} that is marked as idempotent`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let session: TestSession;

    beforeEach(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      session = await TestSession.open(client, id);
    });
    afterEach(async () => {
      client.close();
      await workspace.remove();
    });

    const marked = (code: Code) => MARK[id] + code[id];
    const runs = async () => (await readFile(path.join(workspace.path, 'runs'), 'utf8')).length;
    const kept = async (executionId: string) =>
      (await client.request(ReadHistory, { count: 50 })).executions.find((it) => it.executionId === executionId);
    const kinds = (events: readonly SessionEvent[]) => events.map(({ kind }) => kind);

    it('runs again when its worker went away, behind what the checkpoint brings back', async () => {
      const idleMs = (ms: number) =>
        client.request(Configure, {
          ...DEFAULT_SETTINGS,
          checkpoints: { ...DEFAULT_SETTINGS.checkpoints, idleMs: ms },
        });
      await idleMs(0);
      await session.run(id === 'python' ? 'kept = 5' : 'const kept = 5');
      await eventually(async () => assert.equal((await client.request(ListCheckpoints, {})).checkpoints.length, 1));
      await idleMs(1_000_000);

      const { outcome, events, stdout, executionId } = await session.run(marked(dying(1, 'kept + 1')));
      assert.equal(outcome.status === 'succeeded' && outcome.text, '6');
      assert.equal(stdout, 'run\nrun\n');
      assert.deepEqual(
        kinds(events).filter((kind) => ['queued', 'started', 'runs_again', 'finished'].includes(kind)),
        ['queued', 'started', 'runs_again', 'started', 'finished'],
      );
      const again = events.find((event) => event.kind === 'runs_again');
      assert.ok(again?.kind === 'runs_again' && /SIGKILL/.test(again.reason), JSON.stringify(again));
      assert.equal((await kept(executionId))?.runs, 2);
      // What waited behind it, and what comes later, runs in the same session.
      assert.deepEqual((await session.run('kept')).lines, ['=> 5']);
    });

    it('is lost when it takes its worker with it three times, with the reason', async () => {
      const { outcome, events, executionId } = await session.run(marked(dying(9, '1')));
      assert.ok(outcome.status === 'lost', JSON.stringify(outcome));
      assert.match(outcome.reason, /SIGKILL.* It was run 3 times\.$/);
      assert.equal(kinds(events).filter((kind) => kind === 'finished').length, 1);
      assert.equal(await runs(), 3);
      assert.equal((await kept(executionId))?.runs, 3);
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
    });

    it('runs behind one that is not and took the worker with it: that one is lost, and what waits without the mark', async () => {
      const killer = await session.start(`${ASK[id]}\n${dying(1, '1')[id]}`);
      const waiting = await session.start('2');
      const repeatable = await session.start(`${MARK[id]}3`);
      // It dies only when the others wait behind it.
      const { promptId } = await session.prompt(killer.executionId);
      await client.request(AnswerPrompt, { promptId, value: '' });
      assert.equal((await killer.ended).status, 'lost');
      assert.equal((await waiting.ended).status, 'lost');
      const outcome = await repeatable.ended;
      assert.equal(outcome.status === 'succeeded' && outcome.text, '3');
      assert.equal(await runs(), 1);
    });

    it('is not asked again what it was answered', async () => {
      const code = id === 'python' ? `name = ${ASK.python}\n` : `const name = ${ASK.javascript}\n`;
      const { executionId, ended } = await session.start(MARK[id] + code + dying(1, 'name')[id]);
      await client.request(AnswerPrompt, { promptId: (await session.prompt(executionId)).promptId, value: 'Ada' });
      const outcome = await ended;
      assert.equal(outcome.status === 'succeeded' && outcome.text, "'Ada'");
      assert.equal(await runs(), 2);
      assert.equal(session.events.filter(({ event }) => event.kind === 'prompt_opened').length, 1);
    });

    it('asks anew what was open when its worker went away', async () => {
      const { executionId, ended } = await session.start(marked(ASK));
      const first = await session.prompt(executionId);
      process.kill((await session.info()).pid ?? 0, 'SIGKILL');
      const second = await session.prompt(executionId, 1);
      assert.notEqual(second.promptId, first.promptId);
      await assert.rejects(client.request(AnswerPrompt, { promptId: first.promptId, value: 'late' }), {
        code: 'conflict',
      });
      await client.request(AnswerPrompt, { promptId: second.promptId, value: 'Ada' });
      const outcome = await ended;
      assert.equal(outcome.status === 'succeeded' && outcome.text, "'Ada'");
    });

    /** Ends the backend as the system would; the next one has the same sessions. */
    async function killBackend(): Promise<void> {
      const gone = new Promise((resolve) => client.onClose(resolve));
      process.kill(client.hello.pid, 'SIGKILL');
      await gone;
      client = await workspace.connect();
    }
    const WAITS: Code = {
      python: `import os
with open("runs", "a") as f: f.write("x")
${ASK.python}
if os.path.getsize("runs") == 1: input("Now?")
kept`,
      javascript: `require("node:fs").appendFileSync("runs", "x")
const who = await input("Who?")
if (require("node:fs").statSync("runs").size === 1) await input("Now?")
kept`,
    };

    it('runs again when its backend was killed, behind what the checkpoint brings back, once a client is there', async () => {
      session = await TestSession.open(client, id, { name: 'work' });
      await session.run(id === 'python' ? 'kept = 5' : 'const kept = 5');
      await client.request(CreateCheckpoint, { sessionId: session.id, name: null });
      const { executionId } = await session.start(marked(WAITS));
      const waiting = await session.start('1');
      const { promptId } = await session.prompt(executionId);
      await client.request(AnswerPrompt, { promptId, value: 'Ada' });
      await session.prompt(executionId, 1);
      await killBackend();

      assert.equal((await kept(executionId))?.status, 'pending');
      assert.equal((await kept(waiting.executionId))?.status, 'lost');
      await client.request(Configure, DEFAULT_SETTINGS);
      session = await TestSession.open(client, id, { name: 'work' });
      const outcome = await session.until(() => session.outcome(executionId));
      assert.equal(outcome.status === 'succeeded' && outcome.text, '5');
      assert.deepEqual([(await kept(executionId))?.runs, await runs()], [2, 2]);
      assert.equal(session.events.filter(({ event }) => event.kind === 'prompt_opened').length, 0);
    });

    it('is lost when three backends were killed while it ran', async () => {
      session = await TestSession.open(client, id, { name: 'work' });
      const { executionId } = await session.start(marked({ python: `${ASK.python}`, javascript: ASK.javascript }));
      for (let killed = 1; killed <= 3; killed++) {
        await session.prompt(executionId);
        await killBackend();
        await client.request(Configure, DEFAULT_SETTINGS);
        session = await TestSession.open(client, id, { name: 'work' });
      }
      const ended = await kept(executionId);
      assert.deepEqual([ended?.status, ended?.runs], ['lost', 3]);
      assert.match(ended?.summary ?? '', /It was waiting for an answer to “Who\?”.* It was run 3 times\./);
    });

    it('does not run again when a person cancels it or restarts the session', async () => {
      const cancelled = await session.start(marked(SLEEP));
      await session.until(() => session.events.find(({ event }) => event.kind === 'started'));
      await session.cancel(cancelled.executionId);
      assert.equal((await cancelled.ended).status, 'cancelled');
      const restarted = await session.start(marked(SLEEP));
      await client.request(RestartSession, { sessionId: session.id });
      assert.equal((await restarted.ended).status, 'lost');
      assert.ok(!session.events.some(({ event }) => event.kind === 'runs_again'));
    });

    it('can be cancelled while it waits for the next worker', async () => {
      const { executionId, ended } = await session.start(marked(dying(1, SLEEP[id])));
      await session.until(() => session.events.find(({ event }) => event.kind === 'runs_again'));
      await session.cancel(executionId);
      assert.equal((await ended).status, 'cancelled');
    });
  });
}
