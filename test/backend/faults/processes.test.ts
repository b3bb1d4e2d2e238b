import assert from 'node:assert/strict';
import {
  AnswerPrompt,
  CancelExecution,
  Configure,
  DEFAULT_SETTINGS,
  KillSession,
  ListSessions,
  RestartSession,
  StatusMethod,
} from '../../../backend/protocol/client/index.ts';
import type { CancelRung } from '../../../backend/protocol/values.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { languages } from '../../../backend/workers/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { Bystander } from '../../helpers/bystander.ts';
import { endlessInC } from '../../helpers/cancel-cases.ts';
import { eventually } from '../../helpers/eventually.ts';
import { timesUpTo } from '../../helpers/patient-ladder.ts';
import { isAlive, processesWith } from '../../helpers/processes.ts';
import { posix } from '../../helpers/where.ts';

const ENDLESS: Readonly<Record<LanguageId, string>> = {
  python: 'print("go", flush=True)\nwhile True: pass',
  javascript: 'console.log("go")\nfor (;;) {}',
};
/** Runs in C and holds the interpreter's lock, so that nothing inside the worker can react. */
const STUCK: Readonly<Record<LanguageId, string>> = {
  python: `sum(${endlessInC('go')})`,
  // The child says "go": before there is one, an interrupt is enough.
  javascript: 'require("child_process").execSync("echo go; sleep 1000", { stdio: "inherit" })',
};
/** The rung that ends `STUCK`. */
const STUCK_RUNG: Readonly<Record<LanguageId, CancelRung>> = { python: 'kill', javascript: 'children' };
/** Prints 200 lines in about a second. */
const TICKING: Readonly<Record<LanguageId, string>> = {
  python: 'import time\nfor n in range(200):\n  print("go", n, flush=True)\n  time.sleep(0.005)',
  javascript:
    'for (let n = 0; n < 200; n++) { console.log("go", n); await new Promise((done) => setTimeout(done, 5)) }',
};
const PIDS: Readonly<Record<LanguageId, string>> = {
  python: 'import os, subprocess\nchild = subprocess.Popen(["sleep", "1000"])\n(os.getpid(), child.pid)',
  javascript: 'const child = require("child_process").spawn("sleep", ["1000"]);\n[process.pid, child.pid]',
};
const CRASH: Readonly<Record<LanguageId, string>> = {
  python: 'import os, sys\nprint("last words", file=sys.stderr)\nos._exit(7)',
  javascript: 'console.error("last words"); process.reallyExit(7)',
};
const ASK: Readonly<Record<LanguageId, string>> = { python: 'input()', javascript: 'await input()' };

for (const { id, label } of languages) {
  describe(`faults: ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;

    beforeEach(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
    });
    afterEach(() => workspace.remove());

    const pids = async (session: TestSession): Promise<number[]> => {
      const { outcome } = await session.run(PIDS[id]);
      assert.ok(outcome.status === 'succeeded');
      return [...(outcome.text ?? '').matchAll(/\d+/g)].map(([digits]) => Number(digits));
    };
    const allGone = (processes: readonly number[]) =>
      eventually(async () => {
        for (const pid of processes) assert.equal(await isAlive(pid), false, `process ${pid} lives`);
      });

    posix('a worker that is killed loses its execution, and says by what', async () => {
      const session = await TestSession.open(client, id);
      const { outcome } = await session.run(ENDLESS[id], {
        when: ['go', () => void session.info().then(({ pid }) => process.kill(pid ?? 0, 'SIGKILL'))],
      });
      assert.ok(outcome.status === 'lost');
      assert.match(outcome.reason, /SIGKILL/);
      await eventually(async () => assert.equal((await session.info()).state, 'idle'));
    });

    it('a worker that dies by itself says its exit code and its last words', async () => {
      const session = await TestSession.open(client, id);
      const { outcome } = await session.run(CRASH[id]);
      assert.ok(outcome.status === 'lost');
      assert.match(outcome.reason, /exited with code 7/);
      assert.match(outcome.stderrTail, /last words/);
    });

    it('what waits behind a lost execution is lost too, and the next one runs in a new worker', async () => {
      const session = await TestSession.open(client, id);
      await session.run('a = 1');
      const first = await session.start(`${ASK[id]}\n${CRASH[id]}`);
      const second = await session.start('2');
      // It dies only when the other one waits behind it.
      const { promptId } = await session.prompt(first.executionId);
      await client.request(AnswerPrompt, { promptId, value: '' });
      assert.equal((await first.ended).status, 'lost');
      assert.equal((await second.ended).status, 'lost');
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
      assert.equal((await session.namespace()).has('a'), false);
    });

    it('restart gives an empty namespace and ends what was running', async () => {
      const session = await TestSession.open(client, id);
      await session.run('a = 1');
      const { ended } = await session.start(ENDLESS[id]);
      const waiting = await session.start('1');
      await client.request(RestartSession, { sessionId: session.id });
      assert.equal((await ended).status, 'lost');
      assert.equal((await waiting.ended).status, 'lost');
      assert.deepEqual([...(await session.namespace()).keys()], []);
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
    });

    posix('code that cannot be interrupted is ended by a later rung, and the session goes on', async () => {
      const session = await TestSession.open(client, id);
      await session.run('a = 1');
      await client.request(Configure, { ...DEFAULT_SETTINGS, cancel: timesUpTo([STUCK_RUNG[id]]) });
      const { outcome } = await session.run(STUCK[id], { when: ['go', () => void session.interruptAll()] });
      await client.request(Configure, DEFAULT_SETTINGS);
      assert.ok(outcome.status === 'cancelled');
      assert.equal(outcome.rung, STUCK_RUNG[id]);
      assert.deepEqual(outcome.lost, outcome.rung === 'kill' ? ['a'] : []);
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
    });

    posix('ending a session ends its processes and those they started', async () => {
      const session = await TestSession.open(client, id);
      const processes = await pids(session);
      assert.equal(processes.length, 2);
      await client.request(KillSession, { sessionId: session.id });
      await allGone(processes);
    });

    for (const [what, code] of [
      ['idle', null],
      ['in an endless loop', ENDLESS[id]],
      ['stuck in C code', STUCK[id]],
    ] as const) {
      posix(`no process is left when the backend is killed while a session is ${what}`, async () => {
        const session = await TestSession.open(client, id);
        const processes = await pids(session);
        const failure =
          code === null
            ? Promise.resolve(null)
            : // It may run before the answer is there that it is kept.
              session.start(code).then(
                ({ ended }) => ended.catch((error: Error) => error),
                (error: Error) => error,
              );
        if (code !== null)
          await session.until(
            () => session.events.some(({ payload }) => Buffer.from(payload).includes('go')) || undefined,
          );
        process.kill(client.hello.pid, 'SIGKILL');
        const error = await failure;
        if (error !== null) assert.ok(error instanceof Error, 'the pending execution fails');
        await allGone(processes);
        if (process.platform === 'linux') assert.deepEqual(await processesWith(workspace.state), []);
      });
    }

    posix('no process is left when the backend is killed while a worker is stopped, once that goes on', async () => {
      const session = await TestSession.open(client, id);
      const processes = await pids(session);
      const pid = (await session.info()).pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      process.kill(client.hello.pid, 'SIGKILL');
      process.kill(pid, 'SIGCONT');
      await allGone(processes);
    });

    posix('a worker that is stopped is ended by a cancel and harms no other', async () => {
      const bystander = await Bystander.open(client);
      const session = await TestSession.open(client, id);
      const { executionId, ended } = await session.start(ENDLESS[id]);
      await session.until(() => session.output(executionId, 'stdout').includes('go') || undefined);
      process.kill((await session.info()).pid ?? 0, 'SIGSTOP');
      await bystander.assertUnharmed();
      await session.cancel(executionId);
      const outcome = await ended;
      assert.ok(outcome.status === 'cancelled');
      assert.equal(outcome.rung, 'kill');
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
      await bystander.assertUnharmed();
    });

    posix('a worker that was stopped and goes on has lost nothing', async () => {
      const session = await TestSession.open(client, id);
      await session.run('a = 41');
      const pid = (await session.info()).pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      const { executionId, ended } = await session.start('a + 1');
      process.kill(pid, 'SIGCONT');
      await ended;
      assert.deepEqual(session.transcript(executionId).lines, ['=> 42']);
    });

    posix(
      'a backend that is stopped lets requests fail at their deadline, and has lost nothing when it goes on',
      async () => {
        const session = await TestSession.open(client, id);
        const { executionId, ended } = await session.start(TICKING[id]);
        await session.until(() => session.output(executionId, 'stdout').includes('go 3') || undefined);
        process.kill(client.hello.pid, 'SIGSTOP');
        try {
          await assert.rejects(client.request(StatusMethod, {}, { deadline: 300 }), { code: 'timeout' });
        } finally {
          process.kill(client.hello.pid, 'SIGCONT');
        }
        assert.equal((await ended).status, 'succeeded');
        const all = Array.from({ length: 200 }, (_, n) => `out go ${n}`);
        assert.deepEqual(session.transcript(executionId).lines, all);
      },
    );

    posix(
      'a backend that is killed settles what all its clients wait for, and the next one has its sessions, asleep',
      async () => {
        const session = await TestSession.open(client, id);
        const other = await workspace.connect();
        const { executionId, ended } = await session.start(ENDLESS[id]);
        await session.until(() => session.output(executionId, 'stdout').includes('go') || undefined);
        const pid = (await session.info()).pid ?? 0;
        process.kill(pid, 'SIGSTOP');
        // A stopped worker answers no cancel, so the request is under way when the backend dies.
        const cancel = other.request(CancelExecution, { sessionId: session.id, executionId });
        process.kill(client.hello.pid, 'SIGKILL');
        await Promise.all([assert.rejects(ended), assert.rejects(cancel, { code: 'closed' })]);
        const next = await workspace.connect();
        assert.notEqual(next.hello.pid, client.hello.pid);
        const { sessions } = await next.request(ListSessions, {});
        assert.deepEqual(
          sessions.map(({ sessionId, state, running }) => [sessionId, state, running]),
          [[session.id, 'asleep', null]],
        );
        // Some are ended by the system although they are stopped.
        if (await isAlive(pid)) process.kill(pid, 'SIGCONT');
        await allGone([pid]);
      },
    );

    it('an ephemeral session ends with its connection', async () => {
      const session = await TestSession.open(client, id, { ephemeral: true });
      const processes = process.platform === 'win32' ? [] : await pids(session);
      const other = await workspace.connect();
      client.close();
      await allGone(processes);
      await eventually(async () => assert.deepEqual((await other.request(ListSessions, {})).sessions, []));
    });
  });
}
