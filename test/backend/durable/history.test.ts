import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DurablePromises } from '../../../backend/durable/durable-promises.ts';
import { ExecutionHistory } from '../../../backend/durable/execution-history.ts';
import { encodeHeader, FileKind, FORMAT_VERSION } from '../../../backend/durable/journal/record.ts';
import { ReadHistory, ReadOutput, ReadResult, StatusMethod } from '../../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { StateFolder } from '../../../backend/rpc/state-folder.ts';
import { lostWith } from '../../../backend/sessions/outcomes.ts';
import { stop, TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { holdfast } from '../../helpers/cli.ts';

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
      `require("fs").appendFileSync(${JSON.stringify(file)}, "x"); await new Promise(() => {})`,
    );
    await session.until(() => session.events.find(({ event }) => event.kind === 'started'));
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

  it('is listed by the command line, also for programs', async () => {
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    await session.run('6 * 7');
    await killBackend();
    const text = await holdfast(workspace, ['history']);
    assert.match(text.stdout, /work +succeeded .*6 \* 7 +42/);
    const json = await holdfast(workspace, ['history', '--json', '--count', '1']);
    assert.equal(JSON.parse(json.stdout).summary, '42');
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

describe('the history of executions, where the folder of outputs cannot be read', () => {
  it('says so, and executions end all the same', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-history-'));
    try {
      const file = path.join(folder, 'file');
      await writeFile(file, '');
      const promises = new DurablePromises({ kind: 'embedded', folder: path.join(folder, 'promises') });
      const history = new ExecutionHistory(promises, path.join(file, 'output'));
      await history.ended(randomUUID(), lostWith('The test ended.', '', 0), undefined);
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
