import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Durable } from '../../../backend/durable/durable.ts';
import { DurablePromises } from '../../../backend/durable/durable-promises.ts';
import { ExecutionHistory } from '../../../backend/durable/execution-history.ts';
import { encodeHeader, FileKind, FORMAT_VERSION } from '../../../backend/durable/journal/record.ts';
import { PromptRecords } from '../../../backend/durable/prompt-records.ts';
import { PROTOCOL_VERSION } from '../../../backend/durable/sdk.ts';
import {
  Configure,
  DEFAULT_SETTINGS,
  type Durability,
  EditSessionNamespace,
  KillSession,
  ReadHistory,
  ReadOutput,
  ReadResult,
  ReadSource,
  RetryDurability,
  StatusMethod,
} from '../../../backend/protocol/client/index.ts';
import type { Security } from '../../../backend/protocol/security.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { StateFolder } from '../../../backend/rpc/state-folder.ts';
import { lostWith } from '../../../backend/sessions/outcomes.ts';
import { stop, TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { holdfast } from '../../helpers/cli.ts';
import { eventually } from '../../helpers/eventually.ts';
import { posix, where } from '../../helpers/where.ts';

/** On a small disk. */
const small = where(process.platform === 'linux' && process.getuid?.() === 0, 'mounting needs root on Linux');

describe('the history of executions', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;

  beforeEach(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
  });
  afterEach(async () => {
    await stop(client);
    await workspace.remove();
  });

  /** Ends the backend as the system would, and starts another one. */
  async function killBackend(): Promise<void> {
    const gone = new Promise((resolve) => client.onClose(resolve));
    process.kill(client.hello.pid, 'SIGKILL');
    await gone;
    client = await workspace.connect();
  }

  async function history() {
    return (await client.request(ReadHistory, { count: 50 })).executions;
  }

  it('has what ended before the backend was killed: outcome, parts of the value, every byte of output', async () => {
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    const done = await session.run('console.log("a".repeat(300000)); console.error("b"); ({ x: 40 + 2 })');
    const failed = await session.run('null.x');
    const before = await client.requestBytes(ReadResult, { executionId: done.executionId });
    await killBackend();

    const [second, first] = await history();
    assert.deepEqual([first?.status, first?.sessionName, first?.executionId], ['succeeded', 'work', done.executionId]);
    assert.match(first?.code ?? '', /^console\.log/);
    assert.match(first?.summary ?? '', /42/);
    assert.deepEqual([second?.status, second?.executionId], ['failed', failed.executionId]);
    assert.match(second?.summary ?? '', /TypeError/);
    const after = await client.requestBytes(ReadResult, { executionId: done.executionId });
    assert.deepEqual(after.result, before.result);
    assert.ok(after.payload.length > 0);
    assert.deepEqual(after.payload, before.payload);

    const read = { sessionId: session.id, executionId: done.executionId, count: 200_000 };
    const pages = await Promise.all([0, 200_000].map((start) => client.requestBytes(ReadOutput, { ...read, start })));
    const text = Buffer.concat(pages.map(({ payload }) => payload)).toString();
    assert.equal(text.length, 300_003);
    assert.ok(text.startsWith('aaa') && text.includes('b\n'));
    await assert.rejects(client.request(ReadOutput, { ...read, sessionId: randomUUID(), start: 0 }), {
      code: 'not_found',
    });
  });

  it('tells what ran and what waited when the backend was killed as lost, each with the reason, and runs neither again', async () => {
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    const file = path.join(workspace.path, 'ran');
    const running = await session.start(
      `require("fs").appendFileSync(${JSON.stringify(file)}, "x"); console.log("ran"); await new Promise(() => {})`,
    );
    await session.until(() => session.output(running.executionId, 'stdout') || undefined);
    const waiting = await session.start('1');
    await killBackend();

    const found = new Map((await history()).map((execution) => [execution.executionId, execution]));
    assert.equal(found.get(running.executionId)?.status, 'lost');
    assert.match(found.get(running.executionId)?.summary ?? '', /ended while it ran/);
    assert.equal(found.get(waiting.executionId)?.status, 'lost');
    assert.match(found.get(waiting.executionId)?.summary ?? '', /ended before it began/);
    const { result } = await client.requestBytes(ReadResult, { executionId: running.executionId });
    assert.equal(result.outcome?.status, 'lost');
    await (await TestSession.open(client, 'javascript')).run('1');
    assert.equal(await readFile(file, 'utf8'), 'x');
    // Not lost a second time.
    await killBackend();
    assert.equal(
      (await history()).find(({ executionId }) => executionId === running.executionId)?.endedAt,
      found.get(running.executionId)?.endedAt,
    );
  });

  /** What the session prints is not written before somebody reads that pipe: whoever opens one to write to it waits. */
  async function blockOutput({ id }: TestSession): Promise<string> {
    const { outputFolder } = await StateFolder.of(workspace.path, workspace.env);
    const file = path.join(outputFolder, id, `${'0'.repeat(15)}.log`);
    await mkdir(path.dirname(file), { recursive: true });
    execFileSync('mkfifo', [file]);
    return file;
  }

  posix('has no outcome of a cell whose output is not with the system yet: it is lost', async () => {
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    const other = await TestSession.open(client, 'javascript', { name: 'other' });
    await blockOutput(session);
    const { executionId } = await session.start('console.log("printed")');
    await session.until(() => session.output(executionId, 'stdout') || undefined);
    // Their outcomes are written behind its own.
    for (let n = 0; n < 3; n++) await other.run(String(n));
    await killBackend();
    assert.equal((await history()).find((one) => one.executionId === executionId)?.status, 'lost');
  });

  posix('is waited for by a cancel that comes when the cell has ended: the worker is left alone', async () => {
    await client.request(Configure, { ...DEFAULT_SETTINGS, cancel: { interruptMs: 0, forceMs: 0, killMs: 0 } });
    const session = await TestSession.open(client, 'python');
    await session.run('a = 1');
    const { pid } = await session.info();
    const pipe = await blockOutput(session);
    const { executionId, ended } = await session.start('print("printed")');
    const edit = { kind: 'set', name: 'a', text: '2' } as const;
    const edited = async () => (await client.request(EditSessionNamespace, { sessionId: session.id, edit })).status;
    // Between cells only: that one has ended, and nobody has been told.
    await eventually(async () => assert.equal(await edited(), 'done'));
    assert.equal((await session.info()).running, executionId);
    const cancelled = session.cancel(executionId);
    await client.request(StatusMethod, {});
    await readFile(pipe);
    await cancelled;
    assert.equal((await ended).status, 'succeeded');
    assert.deepEqual((await session.run('a')).lines, ['=> 2']);
    assert.equal((await session.info()).pid, pid);
  });

  it('is listed by the command line, also for programs', async () => {
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    const { executionId } = await session.run('// %%\n// holdfast: main\n6 * 7');
    await killBackend();
    const { executions } = await client.request(ReadHistory, { count: 1 });
    const queuedAt = executions[0]?.queuedAt ?? 0;
    const text = await holdfast(workspace, ['history'], { env: { TZ: 'Asia/Kathmandu' } });
    assert.match(text.stdout, /work +succeeded .* 6 \* 7 +42/);
    const there = new Date(queuedAt + (5 * 60 + 45) * 60_000).toISOString().slice(0, 19).replace('T', ' ');
    assert.ok(text.stdout.includes(`${executionId.slice(0, 8)}  ${there}  work`), text.stdout);
    const json = await holdfast(workspace, ['history', '--json', '--count', '1']);
    assert.equal(JSON.parse(json.stdout).summary, '42');
  });

  it('tells every client that it is not kept any more when its folder is gone, and that it is again once it was tried again', async () => {
    const other = await workspace.connect();
    const told: Durability[] = [];
    other.onEvent((event) => {
      if (event.event === 'durability_changed') told.push(event.durability);
    });
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    await session.run('1');
    const { promisesFolder } = await StateFolder.of(workspace.path, workspace.env);
    await rm(promisesFolder, { recursive: true });
    const unkept = await session.run('2');
    assert.equal(unkept.outcome.status, 'succeeded');
    await eventually(() => assert.match(told.at(-1)?.reason ?? '', /deleted/));
    const { durability } = await client.request(RetryDurability, {});
    assert.equal(durability.state, 'kept');
    await eventually(() => assert.deepEqual(told.map(({ state }) => state).slice(-3), ['failed', 'opening', 'kept']));
    const kept = await session.run('3');
    assert.deepEqual(
      (await history()).map(({ executionId, status }) => [executionId, status]),
      [[kept.executionId, 'succeeded']],
    );
    other.close();
  });

  it('is tried again in vain while what was wrong is still so, and says so', async () => {
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    await session.run('1');
    const { promisesFolder } = await StateFolder.of(workspace.path, workspace.env);
    await rm(promisesFolder, { recursive: true });
    await writeFile(promisesFolder, 'in the way');
    await session.run('2');
    const { durability } = await client.request(RetryDurability, {});
    assert.equal(durability.state, 'failed');
    assert.match(durability.reason ?? '', /cannot be opened .*E(EXIST|NOTDIR)/);
    const doctor = await holdfast(workspace, ['doctor']);
    assert.equal(doctor.code, 1);
    assert.match(doctor.stdout, /✗ Durable promises: .*cannot be opened/);
    const program = path.join(workspace.path, 'x.js');
    await writeFile(program, '1');
    const ran = await holdfast(workspace, ['run', program, '--session', 'work']);
    assert.equal(ran.code, 0);
    assert.match(ran.stderr, /What runs is not kept: .*cannot be opened/);
    assert.match((await holdfast(workspace, ['history'])).stderr, /not kept: .*cannot be opened/);
    await rm(promisesFolder);
    // Well again: it is tried.
    assert.equal((await holdfast(workspace, ['history'])).stdout, 'Nothing was run yet.\n');
    assert.equal((await holdfast(workspace, ['run', program, '--session', 'work'])).stderr, '');
    assert.match((await holdfast(workspace, ['doctor'])).stdout, /✓ Durable promises: kept/);
  });

  it('is run again from the command line as it was, in its session; by the beginning of its id', async () => {
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    await session.run('var n = 41');
    const security: Security = { level: 'restricted', allow: [], deny: ['shell'] };
    const { executionId } = await session.run('n += 1; shell.name', {
      security,
      origin: 'agent',
      file: '/w/a.js',
      line: 7,
    });
    const rerun = await holdfast(workspace, ['rerun', executionId.slice(0, 13), '--json']);
    assert.equal(rerun.code, 0, rerun.stderr);
    assert.deepEqual((await session.run('n')).lines, ['=> 43']);
    const [, again] = await history();
    assert.deepEqual([again?.origin, again?.source.line, again?.sessionName], ['agent', 7, 'work']);
    const { result } = await client.requestBytes(ReadSource, { executionId: again?.executionId ?? '' });
    assert.deepEqual([result.security, result.whole], [security, true]);
  });

  it('of a killed backend is run again in its session, and in one of its own when that is gone, which it says', async () => {
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    const { executionId } = await session.start('await input("Who?")');
    await session.prompt(executionId);
    await killBackend();
    const first = await holdfast(workspace, ['rerun', executionId, '--answer', 'Bob']);
    assert.match(first.stdout, /=> 'Bob'/);
    const [again] = await history();
    assert.deepEqual([again?.status, again?.sessionId], ['succeeded', session.id]);
    await client.request(KillSession, { sessionId: session.id });
    const rerun = await holdfast(workspace, ['rerun', executionId, '--answer', 'Ada']);
    assert.match(rerun.stderr, /Its session work is not there any more/);
    assert.match(rerun.stdout, /=> 'Ada'/);
  });

  it('is not run again when only the beginning of its code is kept: the place is named', async () => {
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    const long = await session.run(`/* ${'x'.repeat(20_000)} */ 1`, { file: '/w/long.js', line: 3 });
    const rerun = await holdfast(workspace, ['rerun', long.executionId]);
    assert.equal(rerun.code, 2);
    assert.match(
      rerun.stderr,
      /Only the beginning of its code is kept\. Run it from its file: \/w\/long\.js, line 3\./,
    );
    const unknown = await holdfast(workspace, ['rerun', 'no-such-one']);
    assert.match(unknown.stderr, /That execution is not kept/);
  });

  it('is not kept when its files are of a newer version: the status says so, and cells run', async () => {
    await stop(client);
    const folder = await StateFolder.of(workspace.path, workspace.env);
    await mkdir(folder.promisesFolder, { recursive: true });
    await writeFile(
      path.join(folder.promisesFolder, 'snapshot-00000099'),
      encodeHeader(FileKind.snapshot, FORMAT_VERSION + 1),
    );
    client = await workspace.connect();
    const session = await TestSession.open(client, 'javascript');
    assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
    const { durability } = await client.request(StatusMethod, {});
    assert.equal(durability.state, 'failed');
    assert.match(durability.reason ?? '', /newer Holdfast/);
    await assert.rejects(history(), { code: 'unavailable', message: /newer Holdfast/ });
  });
});

describe('the history of executions, by itself', () => {
  let folder: string;
  let promises: DurablePromises;
  let history: ExecutionHistory;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-history-'));
  });
  afterEach(async () => {
    await promises.close();
    await rm(folder, { recursive: true });
  });

  const below = (name: string) => path.join(folder, name);
  function open(): void {
    promises = new DurablePromises({ kind: 'embedded', folder: below('promises') });
    const folders = { values: below('values'), output: below('output') };
    history = new ExecutionHistory(promises, new PromptRecords(promises), folders);
  }
  async function reopen(): Promise<void> {
    await promises.close();
    open();
  }
  function ask(session: { id: string; name: string }, idempotent = false) {
    const executionId = randomUUID();
    const source = { name: 'a.py', path: null, line: 1, column: 0 };
    const request = { executionId, dialect: 'python', source, client: 'test', origin: 'person' } as const;
    const rest = { batch: null, security: null, code: Buffer.from('1') };
    const execution = { id: executionId, request: { ...request, ...rest }, idempotent, runs: 1 };
    history.queued(execution, session);
    return execution;
  }
  const statuses = async () =>
    Object.fromEntries((await history.list(10)).map(({ executionId, status }) => [executionId, status]));
  async function run(payload: Uint8Array): Promise<string> {
    const execution = ask({ id: randomUUID(), name: 'work' });
    const parts = [{ mime: 'image/png', bytes: payload.length }];
    const succeeded = { status: 'succeeded', mode: 'simple_sync', seconds: 1, text: 'an image', parts } as const;
    history.began(execution);
    await history.ended(execution, { ...succeeded, parts: [...parts] }, payload);
    return execution.id;
  }

  small(
    'tells the outcome of what ended while the disk was full, also when it was tried again in vain meanwhile',
    async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder]);
      try {
        open();
        const execution = ask({ id: randomUUID(), name: 'work' });
        history.began(execution);
        await history.kept(execution.id);
        await assert.rejects(writeFile(below('fills'), randomBytes(1_000_000)), { code: 'ENOSPC' });
        // More than what is left of the journal's last page.
        const text = 'x'.repeat(10_000);
        const outcome = { status: 'succeeded', mode: 'simple_sync', seconds: 1, text, parts: null } as const;
        await history.ended(execution, outcome, undefined);
        assert.match(promises.status.reason ?? '', /disk is full/);
        assert.equal((await promises.retry()).state, 'failed');
        await rm(below('fills'));
        assert.deepEqual([(await promises.retry()).state, await statuses()], ['kept', { [execution.id]: 'succeeded' }]);
      } finally {
        await promises.close();
        execFileSync('umount', [folder]);
        // For `afterEach`, which closes them.
        open();
      }
    },
  );

  it('keeps large values beside the promises, and says nothing false of one that is gone', async () => {
    open();
    const payload = randomBytes(400_000);
    const ids: string[] = [];
    for (let n = 0; n < 10; n++) ids.push(await run(payload));
    await reopen();
    const names = await readdir(below('promises'));
    const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(below('promises'), name))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(bytes < 100_000, `the promises take ${bytes} bytes`);
    for (const id of ids) assert.ok(payload.equals((await history.result(id)).payload));
    for (const name of await readdir(below('values'))) await writeFile(path.join(below('values'), name), 'other');
    const changed = await history.result(ids[0] ?? '');
    assert.deepEqual([changed.outcome?.status, changed.payload.length], ['succeeded', 0]);
  });

  it('lists the newest in the order in which they were asked for, and reads no other', async () => {
    const durable = await Durable.open({ network: { kind: 'embedded', folder: below('promises') } });
    const id = `exec-${randomUUID()}:0`;
    const param = { headers: {}, data: Buffer.from('{"sessionId":"a"}').toString('base64') };
    const tags = { 'holdfast-kind': 'execution', 'resonate:external': 'true' };
    const head = { corrId: '', version: PROTOCOL_VERSION };
    const network = durable.embedded;
    await network?.send({ kind: 'promise.create', head, data: { id, timeoutAt: Date.now() + 1e9, param, tags } });
    const value = { headers: {}, data: Buffer.from('no JSON').toString('base64') };
    await network?.send({ kind: 'promise.settle', head, data: { id, state: 'resolved', value } });
    await durable.close();

    open();
    const newestFirst: string[] = [];
    for (let n = 0; n < 3; n++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      newestFirst.unshift(await run(new Uint8Array(0)));
    }
    const listed = async () => (await history.list(3)).map(({ executionId }) => executionId);
    assert.deepEqual(await listed(), newestFirst);
    await reopen();
    assert.deepEqual(await listed(), newestFirst);
  });

  it('tells those of one millisecond in the order in which they were asked for, also what is to run again', async () => {
    open();
    const ids = await Promise.all(Array.from({ length: 10 }, () => run(new Uint8Array(0))));
    const session = { id: randomUUID(), name: 'work' };
    const left = Array.from({ length: 10 }, () => ask(session, true).id);
    await Promise.all(left.map((id) => history.kept(id)));
    await reopen();
    assert.deepEqual(
      (await history.list(20)).map(({ executionId }) => executionId),
      [...ids, ...left].reverse(),
    );
    assert.deepEqual(
      (await history.takeLeft(session.id)).map(({ executionId }) => executionId),
      left,
    );
  });
});

describe('the history of executions, where the folder of outputs cannot be read', () => {
  it('says so, and executions end all the same', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-history-'));
    try {
      const file = path.join(folder, 'file');
      await writeFile(file, '');
      const promises = new DurablePromises({ kind: 'embedded', folder: path.join(folder, 'promises') });
      const folders = { values: path.join(folder, 'values'), output: path.join(file, 'output') };
      const history = new ExecutionHistory(promises, new PromptRecords(promises), folders);
      await history.ended({ id: randomUUID(), runs: 0 }, lostWith('The test ended.', '', 0), undefined);
      const { state, reason } = promises.status;
      assert.equal(state, 'failed');
      assert.match(reason ?? '', /ENOTDIR/);
      await assert.rejects(history.list(1), { code: 'unavailable' });
      await promises.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
