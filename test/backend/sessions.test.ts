import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  ClearQueue,
  Configure,
  CreateSession,
  DEFAULT_SETTINGS,
  KillSession,
  MoveExecution,
  ReadOutput,
  RenameSession,
  RestartSession,
  type SessionInfo,
} from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { endlessInC } from '../helpers/cancel-cases.ts';
import { eventually } from '../helpers/eventually.ts';

/** Runs until it is cancelled. */
const ENDLESS = "print('go', flush=True)\nwhile True: pass";

describe('sessions', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;

  beforeEach(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
  });
  afterEach(() => workspace.remove());

  const busy = async (session: TestSession) => {
    const running = await session.start(ENDLESS);
    await session.until(() => session.output(running.executionId, 'stdout') || undefined);
    return running;
  };
  const read = async ({ id }: TestSession, executionId: string | null, start = 0, count = 1000) => {
    const { result, payload } = await client.requestBytes(ReadOutput, { sessionId: id, executionId, start, count });
    return { ...result, text: Buffer.from(payload).toString() };
  };

  describe('names', () => {
    it('a session that is renamed is found by its new name, and its old name is free', async () => {
      const session = await TestSession.open(client, 'python', { name: 'one' });
      const { session: renamed } = await client.request(RenameSession, { sessionId: session.id, name: 'two' });
      assert.equal(renamed.name, 'two');
      assert.equal((await TestSession.open(client, 'python', { name: 'two' })).id, session.id);
      assert.notEqual((await TestSession.open(client, 'python', { name: 'one' })).id, session.id);
    });

    it("another session's name is refused", async () => {
      await TestSession.open(client, 'python', { name: 'one' });
      const { id } = await TestSession.open(client, 'javascript', { name: 'two' });
      await assert.rejects(client.request(RenameSession, { sessionId: id, name: 'one' }), {
        code: 'conflict',
        message: 'There is a session named "one" already (Python). Choose another name.',
      });
    });
  });

  describe('the queue', () => {
    it('is listed, reordered and cleared, and what runs goes on', async () => {
      const session = await TestSession.open(client, 'python');
      const running = await busy(session);
      const [a, b, c] = [await session.start("'a'"), await session.start("'b'"), await session.start("'c'")];
      assert.deepEqual((await session.info()).waiting, [a.executionId, b.executionId, c.executionId]);
      await client.request(MoveExecution, { sessionId: session.id, executionId: c.executionId, position: 0 });
      assert.deepEqual((await session.info()).waiting, [c.executionId, a.executionId, b.executionId]);
      const { cancelled } = await client.request(ClearQueue, { sessionId: session.id });
      assert.deepEqual(cancelled, [c.executionId, a.executionId, b.executionId]);
      const outcome = await a.ended;
      assert.ok(outcome.status === 'cancelled' && outcome.rung === 'queued');
      assert.equal((await session.info()).running, running.executionId);
      await session.cancel(running.executionId);
      assert.deepEqual((await session.run('1')).lines, ['=> 1']);
    });

    it('runs in its new order', async () => {
      const session = await TestSession.open(client, 'python');
      await session.run('order = []');
      const running = await busy(session);
      await session.start("order.append('a')");
      const second = await session.start("order.append('b')");
      await client.request(MoveExecution, { sessionId: session.id, executionId: second.executionId, position: 0 });
      await session.cancel(running.executionId);
      assert.deepEqual((await session.run('order')).lines, ["=> ['b', 'a']"]);
    });

    it('what does not wait cannot be moved', async () => {
      const session = await TestSession.open(client, 'python');
      const { executionId } = await session.run('1');
      await assert.rejects(client.request(MoveExecution, { sessionId: session.id, executionId, position: 0 }), {
        code: 'not_found',
      });
    });
  });

  describe('a batch', () => {
    it('stops at the cell that fails; what is not of the batch runs', async () => {
      const session = await TestSession.open(client, 'python');
      const running = await busy(session);
      const fails = await session.start('1 / 0', { batch: 'all' });
      const after = await session.start("print('must not run')", { batch: 'all' });
      const other = await session.start('40 + 2');
      await session.cancel(running.executionId);
      assert.equal((await fails.ended).status, 'failed');
      const outcome = await after.ended;
      assert.ok(outcome.status === 'cancelled' && outcome.rung === 'queued');
      assert.equal(outcome.reason, 'A cell before it in the same run did not succeed.');
      assert.equal((await other.ended).status, 'succeeded');
    });

    it('a cell that arrives after its batch has stopped does not run either', async () => {
      const session = await TestSession.open(client, 'javascript');
      await session.run("throw new Error('first')", { batch: 'all' });
      const { outcome, stdout } = await session.run("console.log('must not run')", { batch: 'all' });
      assert.equal(outcome.status, 'cancelled');
      assert.equal(stdout, '');
      assert.deepEqual((await session.run('40 + 2', { batch: 'another' })).lines, ['=> 42']);
    });

    it('stops when one of its cells is cancelled', async () => {
      const session = await TestSession.open(client, 'python');
      const running = await session.start(ENDLESS, { batch: 'all' });
      const after = await session.start('1', { batch: 'all' });
      await session.until(() => session.output(running.executionId, 'stdout') || undefined);
      await session.cancel(running.executionId);
      assert.equal((await after.ended).status, 'cancelled');
    });
  });

  describe('the output log', () => {
    it('gives back what an execution printed, page by page', async () => {
      const session = await TestSession.open(client, 'python');
      const { executionId } = await session.run(
        'import sys\nfor n in range(20_000): print(n, file=sys.stdout if n % 2 else sys.stderr)',
      );
      const whole = await read(session, executionId, 0, 1_000_000);
      const expected = Array.from({ length: 20_000 }, (_, n) => `${n}\n`);
      assert.equal(whole.total, expected.join('').length);
      assert.deepEqual([whole.kept, whole.cut], [whole.total, null]);
      // Order within a stream is exact; that between two streams is not told by the system.
      const numbers = whole.text.trim().split('\n').map(Number);
      const odd = (n: number) => n % 2 === 1;
      assert.deepEqual(numbers.filter(odd), expected.map(Number).filter(odd));
      const [first, second] = [await read(session, executionId, 0, 700), await read(session, executionId, 700, 700)];
      assert.equal(first.text + second.text, whole.text.slice(0, 1400));
    });

    it("keeps what background work prints as the session's", async () => {
      const session = await TestSession.open(client, 'javascript');
      await session.run("setTimeout(() => console.log('later'), 20)");
      await session.until(() => session.output(null, 'stdout') || undefined);
      assert.equal((await read(session, null)).text, 'later\n');
    });

    it('is cut at holdfast.output.maxBytes, says so, and everything is still shown', async () => {
      await client.request(Configure, { ...DEFAULT_SETTINGS, output: { maxBytes: 1000 } });
      const session = await TestSession.open(client, 'python');
      const { executionId, stdout, events } = await session.run("print('x' * 5000)");
      assert.equal(stdout.length, 5001);
      const { kept, total, cut, text } = await read(session, executionId, 0, 10_000);
      assert.deepEqual([kept, total, text.length], [1000, 5001, 1000]);
      assert.equal(cut, 'Only the first 1000 bytes are kept (holdfast.output.maxBytes).');
      assert.equal(events.filter(({ kind }) => kind === 'output_cut').length, 1);
    });

    it('of an execution that nobody knows is not found', async () => {
      const session = await TestSession.open(client, 'python');
      await assert.rejects(read(session, 'unknown'), { code: 'not_found' });
    });

    it('is deleted with its session', async () => {
      const session = await TestSession.open(client, 'python');
      const { executionId } = await session.run("print('x')");
      await read(session, executionId);
      const state = readdirSync(workspace.state)[0] ?? '';
      const folder = path.join(workspace.state, state, 'output');
      assert.deepEqual(readdirSync(folder), [session.id]);
      await client.request(KillSession, { sessionId: session.id });
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  describe('the environment', () => {
    it('comes from the .env file too, which is read again at each start', async () => {
      const envFile = path.join(workspace.path, '.env');
      await writeFile(envFile, "# a comment\nHF_COLOUR=green\nHF_QUOTED='two words'\n");
      const session = await TestSession.open(client, 'python', { envFile });
      const code = "import os; os.environ['HF_COLOUR'], os.environ.get('HF_QUOTED')";
      assert.deepEqual((await session.run(code)).lines, ["=> ('green', 'two words')"]);
      await writeFile(envFile, 'HF_COLOUR=blue\n');
      await client.request(RestartSession, { sessionId: session.id });
      assert.deepEqual((await session.run(code)).lines, ["=> ('blue', None)"]);
    });

    it('without the .env file is the usual one', async () => {
      const session = await TestSession.open(client, 'javascript', { envFile: path.join(workspace.path, 'none.env') });
      assert.deepEqual((await session.run('1 + 1')).lines, ['=> 2']);
    });

    it('and the working directory are as asked for', async () => {
      const cwd = path.join(workspace.path, 'below');
      await mkdir(cwd);
      const { session } = await client.request(CreateSession, {
        language: 'python',
        name: 'below',
        reuse: false,
        ephemeral: false,
        interpreter: null,
        cwd,
        env: { PATH: process.env['PATH'] ?? '', HF_ONLY: 'this' },
        envFile: null,
      });
      assert.equal(session.cwd, cwd);
      const opened = await TestSession.open(client, 'python', { name: 'below' });
      const { lines } = await opened.run("import os; os.getcwd(), os.environ['HF_ONLY'], 'HOME' in os.environ");
      assert.deepEqual(lines, [`=> ('${cwd}', 'this', False)`]);
    });
  });

  const posix = process.platform === 'win32' ? it.skip : it;
  /** What the backend tells of the session when it next says that it is in that state. */
  const told = ({ id }: TestSession, state: SessionInfo['state']) =>
    new Promise<SessionInfo>((resolve) => {
      client.onEvent((event) => {
        if (event.event === 'session_changed' && event.session.sessionId === id && event.session.state === state)
          resolve(event.session);
      });
    });

  describe('the supervisor', () => {
    posix('says that a worker does not respond, and that it does again (not on Windows: no SIGSTOP)', async () => {
      const session = await TestSession.open(client, 'python');
      await session.run('a = 1');
      const { pid } = await session.info();
      assert.ok(pid);
      const silent = told(session, 'unresponsive');
      let back: Promise<SessionInfo>;
      process.kill(pid, 'SIGSTOP');
      try {
        assert.ok((await silent).unresponsiveSince);
      } finally {
        back = told(session, 'idle');
        process.kill(pid, 'SIGCONT');
      }
      await back;
      assert.deepEqual((await session.run('a')).lines, ['=> 1']);
    });

    posix('a stopped worker is killed by a cancel, and the session goes on (not on Windows: no SIGSTOP)', async () => {
      const session = await TestSession.open(client, 'javascript');
      const { executionId, ended } = await session.start("console.log('go'); for (;;);");
      await session.until(() => session.output(executionId, 'stdout') || undefined);
      process.kill((await session.info()).pid ?? 0, 'SIGSTOP');
      await session.cancel(executionId);
      const outcome = await ended;
      assert.ok(outcome.status === 'cancelled' && outcome.rung === 'kill');
      assert.deepEqual((await session.run('1 + 1')).lines, ['=> 2']);
    });

    posix('starts a new worker when one dies while idle, and says why (not on Windows: no SIGKILL)', async () => {
      const session = await TestSession.open(client, 'python');
      await session.run('a = 1');
      const { pid } = await session.info();
      process.kill(pid ?? 0, 'SIGKILL');
      await eventually(async () => assert.notEqual((await session.info()).pid ?? pid, pid));
      await eventually(async () => assert.equal((await session.info()).state, 'idle'));
      assert.match((await session.info()).exit ?? '', /SIGKILL/);
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
      assert.equal((await session.info()).exit, null);
    });

    it('gives up on a worker that dies at each start, loses what waits with the reason, and tries once for each cell', async () => {
      // Python runs this at its own start: it ends the worker when the file `die` exists.
      const folder = path.join(workspace.path, 'site');
      const [die, starts] = [path.join(folder, 'die'), path.join(folder, 'starts')];
      await mkdir(folder);
      await writeFile(
        path.join(folder, 'sitecustomize.py'),
        [
          'import os, sys',
          `if os.path.exists(${JSON.stringify(die)}):`,
          `    open(${JSON.stringify(starts)}, 'a').write('x')`,
          "    print('the reason', file=sys.stderr, flush=True)",
          '    os._exit(3)',
        ].join('\n'),
      );
      const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', PYTHONPATH: folder };
      const session = await TestSession.open(client, 'python', { env });
      await session.run('1');
      await writeFile(die, '');
      await session.run('import os; os._exit(9)');
      const waiting = await session.run('2');
      assert.ok(waiting.outcome.status === 'lost');
      assert.match(waiting.outcome.reason, /exited with code 3/);
      assert.match(waiting.outcome.stderrTail, /the reason/);
      await eventually(async () => assert.equal((await session.info()).state, 'dead'));
      const before = (await readFile(starts, 'utf8')).length;
      assert.ok(before <= 3, `${before} starts`);
      assert.equal((await session.run('3')).outcome.status, 'lost');
      assert.equal((await readFile(starts, 'utf8')).length, before + 1);
      await rm(die);
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
      assert.ok(existsSync(starts));
    });
  });

  it('settings that make no sense are refused', async () => {
    const wrong = { ...DEFAULT_SETTINGS, cancel: { interruptMs: 500, forceMs: 250, killMs: 1500 } };
    await assert.rejects(client.request(Configure, wrong), { code: 'invalid', message: /must not fall/ });
  });

  it('the times of the cancel ladder can be set', async () => {
    const code = `sum(${endlessInC('go')})`;
    const late = await TestSession.open(client, 'python');
    const usual = await TestSession.open(client, 'python', { name: 'usual' });
    await client.request(Configure, { ...DEFAULT_SETTINGS, cancel: { interruptMs: 0, forceMs: 0, killMs: 60_000 } });
    const waiting = await late.start(code);
    await late.until(() => late.output(waiting.executionId, 'stdout') || undefined);
    // Answered when it has ended, which it does with its backend.
    late.cancel(waiting.executionId).catch(() => {});
    // Both can only be killed: the one that was cancelled first outlasts the other.
    await client.request(Configure, DEFAULT_SETTINGS);
    const { outcome } = await usual.run(code, { when: ['go', () => void usual.interruptAll()] });
    assert.ok(outcome.status === 'cancelled' && outcome.rung === 'kill');
    assert.equal(late.outcome(waiting.executionId), undefined);
  });
});
