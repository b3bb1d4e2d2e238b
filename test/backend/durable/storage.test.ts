import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Durable } from '../../../backend/durable/durable.ts';
import { ids } from '../../../backend/durable/ids.ts';
import {
  ReadHistory,
  StatusMethod,
  type Storage,
  TestStorage,
  UseStorage,
} from '../../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { stop, TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { holdfast } from '../../helpers/cli.ts';
import { temporaryFolder } from '../../helpers/durable/networks.ts';
import { startResonateServer } from '../../helpers/durable/resonate-server.ts';
import { eventually } from '../../helpers/eventually.ts';

const TOKEN = 'a-secret-token';

describe('where durable promises are kept', () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startResonateServer>>;
  let workspace: TestWorkspace;
  let client: BackendClient;

  beforeEach(async () => {
    folder = await temporaryFolder();
    server = await startResonateServer(folder, TOKEN);
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
  });
  afterEach(async () => {
    await stop(client);
    await workspace.remove();
    await server.close();
    await rm(folder, { recursive: true });
  });

  const onServer = (): Storage => ({ kind: 'server', url: server.url, token: TOKEN });

  async function use(storage: Storage, of = client) {
    await of.request(UseStorage, { storage });
    await eventually(async () => assert.notEqual((await durability(of)).state, 'opening'));
    return await durability(of);
  }

  async function durability(of = client) {
    return (await of.request(StatusMethod, {})).durability;
  }

  async function codes(of = client) {
    return (await of.request(ReadHistory, { count: 50 })).executions.map(({ code, status }) => `${code} ${status}`);
  }

  async function killBackend(): Promise<void> {
    const gone = new Promise((resolve) => client.onClose(resolve));
    process.kill(client.hello.pid, 'SIGKILL');
    await gone;
    client = await workspace.connect();
  }

  it('is chosen by a client, and what one storage holds stays there while another is used', async () => {
    const session = await TestSession.open(client, 'javascript');
    await session.run('1 // embedded');
    const { state, storage, place } = await use(onServer());
    assert.deepEqual([state, storage, place], ['kept', 'server', server.url]);
    assert.deepEqual(await codes(), []);
    await session.run('2 // server');
    assert.deepEqual(await codes(), ['2 // server succeeded']);
    await use({ kind: 'embedded' });
    assert.deepEqual(await codes(), ['1 // embedded succeeded']);
    await use(onServer());
    assert.deepEqual(await codes(), ['2 // server succeeded']);
  });

  it('an execution that runs while the storage is changed is not said to be lost, in either', async () => {
    const session = await TestSession.open(client, 'javascript');
    const running = await session.start(
      'await new Promise((done) => { globalThis.done = done; setTimeout(done, 300) }); 7',
    );
    await session.until(() => session.events.find(({ event }) => event.kind === 'started'));
    await use(onServer());
    assert.equal((await running.ended).status, 'succeeded');
    assert.deepEqual(await codes(), []);
    await use({ kind: 'embedded' });
    assert.match((await codes())[0] ?? '', /succeeded$/);
  });

  it('two workspaces on one server see what is theirs, and what one runs is not lost by the other', async () => {
    await use(onServer());
    const session = await TestSession.open(client, 'javascript');
    await session.start('await new Promise(() => {}) // mine');
    await session.until(() => session.events.find(({ event }) => event.kind === 'started'));
    const other = await TestWorkspace.make();
    const there = await other.connect();
    try {
      await use(onServer(), there);
      assert.deepEqual(await codes(there), []);
      await (await TestSession.open(there, 'javascript')).run('1 // theirs');
      assert.deepEqual(await codes(there), ['1 // theirs succeeded']);
    } finally {
      await stop(there);
      await other.remove();
    }
    assert.match((await codes())[0] ?? '', /mine pending$/);
    await killBackend();
    await use(onServer());
    assert.match((await codes())[0] ?? '', /mine lost$/);
  });

  it('a server that goes away stops no cell, the status says so, and what ran meanwhile is told when it is back', async () => {
    await use(onServer());
    const session = await TestSession.open(client, 'javascript');
    await session.run('1 // before');
    const held = await session.start(
      'await new Promise((done) => { globalThis.go = done; setTimeout(done, 200) }) // held',
    );
    await session.until(() => session.events.find(({ event }) => event.kind === 'started'));
    const port = Number(new URL(server.url).port);
    await server.close();
    assert.equal((await held.ended).status, 'succeeded');
    assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
    await eventually(async () => {
      const { state, reason } = await durability();
      assert.equal(state, 'failed');
      assert.match(reason ?? '', /cannot be reached: nothing listens there/);
    });
    await assert.rejects(codes(), { code: 'unavailable', message: /nothing listens there/ });

    server = await startResonateServer(folder, TOKEN, port);
    assert.equal((await use(onServer())).state, 'kept');
    await session.run('3 // after');
    const told = await codes();
    assert.equal(told.length, 3, told.join('; '));
    assert.ok(
      told.every((line) => line.endsWith('succeeded')),
      told.join('; '),
    );
  });

  const connectionString = process.env['RESONATE_PG'] ?? '';
  (connectionString ? it : it.skip)(
    `may be Postgres${connectionString ? '' : ' (skipped: RESONATE_PG is not set)'}`,
    async () => {
      assert.equal((await use({ kind: 'postgres', connectionString })).state, 'kept');
      const session = await TestSession.open(client, 'javascript');
      await session.run('6 * 7');
      await session.start('await new Promise(() => {}) // endless');
      await session.until(() => session.events.filter(({ event }) => event.kind === 'started')[1]);
      await killBackend();
      assert.equal((await use({ kind: 'postgres', connectionString })).state, 'kept');
      const told = await codes();
      assert.deepEqual([told[1], told.length], ['6 * 7 succeeded', 2]);
      assert.match(told[0] ?? '', /endless lost$/);
    },
  );

  it('is not believed what somebody else writes there, and nothing of it is run', async () => {
    await use(onServer());
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    const running = await session.start('await new Promise(() => {}) // mine');
    await session.until(() => session.events.find(({ event }) => event.kind === 'started'));
    const stranger = await Durable.open({ network: onServer() as never, group: 'stranger' });
    const file = path.join(workspace.path, 'forged');
    try {
      const [own] = await all(stranger.search({ state: 'pending', tags: { 'holdfast-kind': 'execution' } }));
      assert.ok(own, 'the stranger sees it');
      const executionId = randomUUID();
      const code = `# holdfast: idempotent\nrequire("fs").writeFileSync(${JSON.stringify(file)}, "x")`;
      const data = { ...(own.data as object), executionId, code, idempotent: true };
      const { 'resonate:branch': _, ...tags } = own.tags;
      await stranger.create(ids.result(executionId), { timeoutMs: 60_000, data, tags });
      await stranger.settle(ids.result(running.executionId), 'resolve', {
        outcome: { status: 'succeeded', seconds: 1, mode: 'simple_sync', text: 'forged', parts: {} },
        payload: null,
      });
    } finally {
      await stranger.close();
    }
    assert.deepEqual(await codes(), ['await new Promise(() => {}) // mine pending']);
    await killBackend();
    await use(onServer());
    assert.doesNotMatch((await codes()).join(), /forged|succeeded/);
    await (await TestSession.open(client, 'javascript', { name: 'work' })).run('1');
    assert.equal(existsSync(file), false);
  });

  it('is remembered without what opens it: the next backend says what it misses, and runs cells', async () => {
    await use(onServer());
    await killBackend();
    await eventually(async () => assert.equal((await durability()).state, 'failed'));
    const { reason, storage, place } = await durability();
    assert.match(reason ?? '', /nobody has told this backend yet/);
    assert.deepEqual([storage, place], ['server', server.url]);
    assert.deepEqual((await (await TestSession.open(client, 'javascript')).run('40 + 2')).lines, ['=> 42']);
    assert.equal((await use(onServer())).state, 'kept');
  });

  it('is tried before it is chosen, and refused in words', async () => {
    const refused = async (storage: Storage, code: string, message: RegExp) =>
      await assert.rejects(client.request(TestStorage, { storage }), { code, message });
    await client.request(TestStorage, { storage: onServer() });
    const { url } = server;
    await refused({ kind: 'server', url, token: 'wrong' }, 'unavailable', /refused the token/);
    await refused({ kind: 'server', url, token: null }, 'unavailable', /wants a token/);
    await refused({ kind: 'server', url: 'http://127.0.0.1:9', token: null }, 'unavailable', /cannot be reached/);
    await refused({ kind: 'server', url: 'ftp://x', token: null }, 'invalid', /begins with https/);
    await refused({ kind: 'server', url: 'https://me:word@x', token: null }, 'invalid', /give its token by itself/);
    await refused({ kind: 'server', url: 'http://example.org', token: 't' }, 'invalid', /use https/);
    await refused({ kind: 'postgres', connectionString: 'host=x' }, 'invalid', /has the form/);
    const nowhere = 'postgres://me:word@127.0.0.1:9/x';
    await refused({ kind: 'postgres', connectionString: nowhere }, 'unavailable', /nothing listens there/);
    assert.equal((await durability()).storage, 'embedded');
  });

  it('is told by the environment of the command line, which programs do not inherit', async () => {
    const env = { HOLDFAST_DURABLE_URL: server.url, HOLDFAST_DURABLE_TOKEN: TOKEN };
    await stop(client);
    const file = path.join(workspace.path, 'env.js');
    await writeFile(file, 'Object.keys(process.env).filter((name) => name.startsWith("HOLDFAST_DURABLE")).length');
    const { stdout, code } = await holdfast(workspace, ['run', file], { env });
    assert.deepEqual([stdout, code], ['=> 0\n', 0]);
    client = await workspace.connect();
    assert.equal((await durability()).storage, 'server');
    assert.match((await codes())[0] ?? '', /^Object.*succeeded$/);
    const both = await holdfast(workspace, ['sessions'], {
      env: { ...env, HOLDFAST_DURABLE_POSTGRES: 'postgres://x' },
    });
    assert.match(both.stderr, /name two places/);
    const doctor = await holdfast(workspace, ['doctor'], { env });
    assert.match(doctor.stdout, /✓ Durable promises: kept, on http/);
  });

  it('leaves no secret on disk or in the log, also when it is refused', async () => {
    await use({ ...onServer(), token: 'wrong-secret' } as Storage);
    assert.match((await durability()).reason ?? '', /refused the token/);
    await use({ kind: 'postgres', connectionString: 'postgres://me:pass-secret@127.0.0.1:9/x' });
    await use(onServer());
    await (await TestSession.open(client, 'javascript')).run('1');
    for (const file of await readdir(workspace.state, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const text = await readFile(path.join(file.parentPath, file.name), 'latin1');
      assert.doesNotMatch(text, /secret/, file.name);
    }
  });
});

async function all<T>(found: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of found) list.push(one);
  return list;
}
