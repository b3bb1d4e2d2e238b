import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { EmbeddedNetwork } from '../../backend/durable/embedded-network.ts';
import { PROTOCOL_VERSION } from '../../backend/durable/sdk.ts';
import { CreateCheckpoint, ReadHistory, StatusMethod } from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { StateFolder } from '../../backend/rpc/state-folder.ts';
import { stop, TestSession, TestWorkspace } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('a backend whose storage is in trouble', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;

  beforeEach(async () => {
    workspace = await TestWorkspace.make();
  });
  afterEach(async () => {
    await stop(client);
    await workspace.remove();
  });

  const folder = () => StateFolder.of(workspace.path, workspace.env);
  const history = async () => (await client.request(ReadHistory, { count: 10 })).executions;

  it('runs cells when its folder is deleted under it, and says that nothing is kept', async () => {
    client = await workspace.connect();
    const session = await TestSession.open(client, 'javascript');
    assert.deepEqual((await session.run('globalThis.x = 40')).lines, ['=> 40']);
    await eventually(async () => assert.equal((await client.request(StatusMethod, {})).durability.state, 'kept'));
    await rm((await folder()).path, { recursive: true });
    const printed = await session.run('console.log("a"); x + 2');
    assert.deepEqual(printed.lines, ['out a', '=> 42']);
    assert.deepEqual((await session.run('x + 3')).lines, ['=> 43']);
    const { durability } = await client.request(StatusMethod, {});
    assert.equal(durability.state, 'failed');
    assert.match(durability.reason ?? '', /was deleted/);
    await assert.rejects(history(), { code: 'unavailable', message: /was deleted/ });
    // What needs no journal makes its folder again.
    const { checkpoint } = await client.request(CreateCheckpoint, { sessionId: session.id, name: 'after' });
    const names = await readdir((await folder()).checkpointsFolder);
    assert.ok(names.includes(`${checkpoint.checkpointId}.checkpoint`), names.join());
  });

  it('keeps executions in their order when the clock was set back', async () => {
    const { promisesFolder } = await folder();
    // As a backend leaves it whose clock was a day ahead.
    const time = { wall: () => Date.now() + DAY, elapsed: () => performance.now() };
    const network = await EmbeddedNetwork.open({
      folder: promisesFolder,
      retention: { maxAgeMs: DAY, maxCount: 10 },
      snapshotBytes: 1e6,
      onFailure: (error) => assert.fail(error),
      onWarning: (error) => assert.fail(error),
      time,
    });
    const executionId = randomUUID();
    const described = {
      executionId,
      sessionId: randomUUID(),
      sessionName: 'ahead',
      dialect: 'javascript',
      source: { name: 'a.js', path: null, line: 1, column: 0 },
      client: 'test',
      origin: 'person',
      code: '0',
      queuedAt: Date.now() + DAY,
    };
    const head = { corrId: '', version: PROTOCOL_VERSION };
    const encoded = (value: unknown) => ({
      headers: {},
      data: Buffer.from(JSON.stringify(value)).toString('base64'),
    });
    const tags = { 'holdfast-kind': 'execution', 'resonate:external': 'true' };
    const id = `exec-${executionId}:0`;
    const data = { id, timeoutAt: Date.now() + 100 * DAY, param: encoded(described), tags };
    await network.send({ kind: 'promise.create', head, data });
    const outcome = { status: 'lost', seconds: 0, reason: 'The test says so.', stderrTail: '' };
    const value = encoded({ outcome, payload: null });
    await network.send({ kind: 'promise.settle', head, data: { id, state: 'resolved', value } });
    await network.stop();
    client = await workspace.connect();
    const session = await TestSession.open(client, 'javascript');
    const ids: string[] = [executionId];
    for (const code of ['1', '2', '3']) ids.unshift((await session.run(code)).executionId);
    const listed = async () => (await history()).map(({ executionId }) => executionId);
    assert.deepEqual(await listed(), ids);
    await stop(client);
    client = await workspace.connect();
    const later = await TestSession.open(client, 'javascript', { name: 'later' });
    ids.unshift((await later.run('4')).executionId);
    assert.deepEqual(await listed(), ids);
  });
});
