import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import {
  CancelExecution,
  Configure,
  CreateSession,
  DEFAULT_SETTINGS,
  KillSession,
  ListNamespace,
  ListSessions,
  RestartSession,
  SetSessionLevel,
  UndoCell,
} from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { stop, TestSession, TestWorkspace } from '../helpers/backend.ts';
import { holdfast } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';
import { isAlive, processesWith } from '../helpers/processes.ts';
import { interpreters } from '../helpers/python-interpreters.ts';

const linux = process.platform === 'linux';
const NEW = { language: 'python', reuse: true, ephemeral: false, cwd: null, env: null, envFile: null } as const;
const UNDO = { enabled: true, maxSnapshots: 3, maxBytes: 1024 ** 3 };

describe(`undoing cells${linux ? '' : ' (skipped: needs Linux)'}`, () => {
  let workspace: TestWorkspace;
  let client: BackendClient;
  let session: TestSession;
  /** In the environment of every process of the session. */
  let mark: string;

  before(function () {
    if (!linux) this.skip();
  });
  beforeEach(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
    await configure(UNDO);
    mark = `UNDO_MARK=${randomUUID()}`;
    const [name = '', value = ''] = mark.split('=');
    session = await TestSession.open(client, 'python', { env: { ...workspace.env, [name]: value } as never });
  });
  afterEach(async () => {
    if (client) await stop(client);
    if (!workspace) return;
    await workspace.remove();
    await eventually(async () => assert.deepEqual(await processesWith(mark), []));
  });

  const configure = (undo: typeof UNDO) =>
    client.request(Configure, { ...DEFAULT_SETTINGS, python: { ...DEFAULT_SETTINGS.python, undo } });
  const undo = async () => (await client.request(UndoCell, { sessionId: session.id })).executionId;
  const value = async (code: string) => (await session.run(code)).lines.join('\n');
  const names = async () =>
    (await client.request(ListNamespace, { sessionId: session.id, start: 0, count: 100 })).variables.map(
      ({ name }) => name,
    );

  it('works on every Python that is supported', async () => {
    for (const { path, version } of await interpreters()) {
      const name = `python ${version}`;
      const created = await client.request(CreateSession, { ...NEW, name, interpreter: path });
      const each = await TestSession.open(client, 'python', { name });
      assert.equal(created.session.interpreter.version, version);
      await each.run('import asyncio; a = [1]');
      await each.run('a.append(2); await asyncio.sleep(0)');
      await client.request(UndoCell, { sessionId: each.id });
      assert.deepEqual((await each.run('await asyncio.sleep(0); a')).lines, ['=> [1]'], version);
      await client.request(KillSession, { sessionId: each.id });
    }
  });

  it('brings variables back as they were before the last cell, one cell after the other', async () => {
    await session.run('rows = [1, 2, 3]');
    const second = await session.run('rows.append(4); other = rows');
    const third = await session.run('rows.clear(); del other');
    assert.equal(await undo(), third.executionId);
    assert.deepEqual(await names(), ['rows', 'other']);
    assert.equal(await undo(), second.executionId);
    assert.deepEqual(await names(), ['rows']);
    assert.equal(await value('rows'), '=> [1, 2, 3]');
    await session.run('rows.append(5)');
    await undo();
    assert.equal(await value('rows'), '=> [1, 2, 3]');
  });

  it('says why the last cell cannot be undone: nothing has run, threads, tasks, or it was switched off', async () => {
    await eventually(() => assert.rejects(undo(), { code: 'unavailable', message: /no cell has run/ }));
    await session.run('import threading, asyncio; stop = threading.Event()');
    await session.run('thread = threading.Thread(target=stop.wait); thread.start()');
    await session.run('1');
    await assert.rejects(undo(), { message: /tasks, timers or threads go on/ });
    await session.run('stop.set(); thread.join()');
    await session.run('task = asyncio.create_task(asyncio.sleep(600))');
    await undo();
    assert.ok(!(await names()).includes('task'));
    await session.run('task = asyncio.create_task(asyncio.sleep(600))');
    await session.run('2');
    await assert.rejects(undo(), { message: /tasks, timers or threads go on/ });
    const other = await TestSession.open(client, 'javascript');
    await other.run('1');
    await assert.rejects(client.request(UndoCell, { sessionId: other.id }), {
      message: /JavaScript.*cannot be undone/,
    });
    await session.run('# holdfast: thread\n1');
    await session.run('2');
    await assert.rejects(undo(), { message: /thread for cells that block/ });
    await configure({ ...UNDO, enabled: false });
    const plain = await TestSession.open(client, 'python', { name: 'plain' });
    await plain.run('1');
    await assert.rejects(client.request(UndoCell, { sessionId: plain.id }), { message: /not switched on/ });
  });

  it('leaves a session that does all that it did: await, cancel, input, threads, output in order', async () => {
    await session.run('import asyncio, threading, time, random; event = asyncio.Event()');
    await session.run('random.seed(7); event.set()');
    await session.run('drawn = random.random()');
    await undo();
    assert.equal(await value('import random as r; drawn = r.random(); drawn'), '=> 0.32383276483316237');
    assert.equal(await value('await asyncio.sleep(0.01); event.is_set()'), '=> True');
    assert.equal(await value('await asyncio.to_thread(lambda: 42)'), '=> 42');
    const flood = await session.run('for n in range(1000): print(n)');
    assert.equal(flood.stdout.split('\n').length, 1001);
    const cancelled = await session.run('print("on"); time.sleep(600)', {
      when: ['on', (it, executionId) => void it.cancel(executionId)],
    });
    assert.equal(cancelled.outcome.status, 'cancelled');
    assert.equal((await session.run('name = input("who? "); name', { answers: ['me'] })).lines.at(-1), "=> 'me'");
  });

  it('cancels C code that only a signal to the right process wakes, and ends what the undone cell had started', async () => {
    await session.run('import re, subprocess');
    await session.run('child = subprocess.Popen(["sleep", "600"])');
    const child = Number((await value('child.pid')).slice(3));
    await undo();
    await undo();
    await eventually(async () => assert.ok(!(await isAlive(child))));
    const cancelled = await session.run('print("on"); re.match("(a+)+$", "a" * 40 + "b")', {
      when: ['on', (it, executionId) => void it.cancel(executionId)],
    });
    assert.equal(cancelled.outcome.status, 'cancelled');
    assert.deepEqual((await names()).includes('re'), true);
  });

  it('keeps no more copies than it may, and none that is not needed', async () => {
    for (let n = 0; n < 6; n++) await session.run(`n = ${n}`);
    const { trunk } = await pids();
    // The process that stays, the session, and three. The `pids` were a cell, too.
    await eventually(async () => assert.equal((await groupOf(trunk)).length, 5));
    for (let n = 0; n < 3; n++) await undo();
    await assert.rejects(undo(), { message: /nothing before it is kept/ });
    assert.equal(await value('n'), '=> 3');
  });

  it('keeps none that takes more memory than it may', async () => {
    await configure({ ...UNDO, maxBytes: 32 * 1024 ** 2 });
    const small = await TestSession.open(client, 'python', {
      name: 'small',
      env: { ...workspace.env, MARK: mark } as never,
    });
    const pid = async () => Number((await small.run('import os; os.getpid()')).lines[0]?.slice(3));
    await pid();
    await small.run('block = bytearray(64 * 1024 ** 2); block[::4096] = b"x" * 16384');
    await small.run('block[::4096] = b"y" * 16384');
    // The copy from before that cell now has 64 MiB of its own: it goes with the next.
    await small.run('import time; time.sleep(0.5)');
    await small.run('1');
    for (let n = 0; n < 2; n++) await client.request(UndoCell, { sessionId: small.id });
    await assert.rejects(client.request(UndoCell, { sessionId: small.id }), { message: /nothing before it is kept/ });
  });

  for (const [whom, kill] of [
    ['the session’s process', async (pids: Pids) => process.kill(pids.session, 'SIGKILL')],
    ['the process that stays', async (pids: Pids) => process.kill(pids.trunk, 'SIGKILL')],
    ['the backend', async () => process.kill(client.hello.pid, 'SIGKILL')],
  ] as const) {
    it(`leaves no process when ${whom} is killed, also behind an undo`, async () => {
      for (const code of ['a = 1', 'a = 2', 'a = 3', 'a = 4']) await session.run(code);
      await undo();
      await session.run('a = 5');
      const found = await pids();
      const before = await groupOf(found.trunk);
      assert.ok(before.length >= 5, String(before.length));
      const gone = new Promise<void>((resolve) => client.onClose(() => resolve()));
      await kill(found);
      if (whom === 'the backend') {
        await gone;
        client = await workspace.connect();
      }
      await eventually(async () => assert.deepEqual(await groupOf(found.trunk), []));
    });
  }

  it('leaves no process when the session is restarted, or ended', async () => {
    for (const code of ['a = 1', 'a = 2', 'a = 3']) await session.run(code);
    const { trunk } = await pids();
    assert.ok((await groupOf(trunk)).length >= 5);
    await client.request(RestartSession, { sessionId: session.id });
    await eventually(async () => assert.deepEqual(await groupOf(trunk), []));
    await session.run('a = 1');
    await client.request(KillSession, { sessionId: session.id });
    await eventually(async () => assert.deepEqual(await processesWith(mark), []));
  });

  for (const [what, options] of [
    ['in the sandbox', { security: { level: 'sandbox', allow: [], deny: [] } }],
    ['where the system holds it', { floor: true }],
  ] as const) {
    it(`does the same ${what}`, async () => {
      const held = await TestSession.open(client, 'python', { name: 'held', ...options } as never);
      await held.run('a = [1]');
      await held.run('a.append(2)');
      await client.request(UndoCell, { sessionId: held.id });
      assert.deepEqual((await held.run('a')).lines, ['=> [1]']);
      assert.deepEqual(
        (
          await held.run('import time; print("on"); time.sleep(600)', {
            when: ['on', (it, executionId) => void it.cancel(executionId)],
          })
        ).outcome.status,
        'cancelled',
      );
    });
  }

  it('does not bring back what was allowed then', async () => {
    await session.run('import subprocess');
    await session.run('1');
    await client.request(SetSessionLevel, { sessionId: session.id, level: 'sandbox' });
    await undo();
    assert.match(await value('subprocess.run(["true"]).returncode'), /^error PermissionError/);
  });

  it('lets handlers that run with each copy ask for nothing: they hold nothing up', async () => {
    const security = { level: 'restricted', allow: [], deny: [] } as const;
    const held = await TestSession.open(client, 'python', { name: 'held', security } as never);
    await held.run(
      'import os; os.register_at_fork(before=lambda: open("before.txt", "w"), after_in_child=lambda: open("child.txt", "w"))',
    );
    await held.run('a = 1');
    const { executionId } = await held.run('a = 2');
    assert.equal((await client.request(UndoCell, { sessionId: held.id })).executionId, executionId);
    assert.deepEqual((await held.run('a')).lines.at(-1), '=> 1');
    assert.deepEqual(await readdir(workspace.path), []);
  });

  it('is done from the command line', async () => {
    const { executionId } = await session.run('a = 1');
    const { name } =
      (await client.request(ListSessions, {})).sessions.find((it) => it.sessionId === session.id) ?? assert.fail();
    const { stdout } = await holdfast(workspace, ['undo', name]);
    assert.match(stdout, new RegExp(`^Took ${executionId} of ${name} back\\.`));
    const refused = await holdfast(workspace, ['undo', name]);
    assert.deepEqual([refused.code, /nothing before it is kept/.test(refused.stderr)], [2, true]);
  });

  it('waits for a cell that runs', async () => {
    await session.run('import time');
    const { executionId, ended } = await running();
    await assert.rejects(undo(), { code: 'conflict' });
    await client.request(CancelExecution, { sessionId: session.id, executionId });
    await ended;
    await undo();
    assert.deepEqual(await names(), ['time']);
  });

  async function pids(): Promise<Pids> {
    const found = (await value('import os; (os.getpid(), os.getppid())')).match(/\d+/g)?.map(Number) ?? [];
    return { session: found[0] ?? 0, trunk: found[1] ?? 0 };
  }

  /** The living processes of the group that the session's are in. */
  async function groupOf(trunk: number): Promise<number[]> {
    const found = await Promise.all(
      (await processesWith(mark)).map(async (pid) => {
        const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) === trunk ? [pid] : [];
      }),
    );
    return found.flat();
  }

  async function running() {
    const { executionId } = await session.start('time.sleep(600)');
    await session.until(() =>
      session.events.find(({ event }) => event.kind === 'started' && event.executionId === executionId),
    );
    const ended = session.until(() =>
      session.events.find(({ event }) => event.kind === 'finished' && event.executionId === executionId),
    );
    return { executionId, ended };
  }
});

interface Pids {
  readonly session: number;
  readonly trunk: number;
}
