import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import {
  Configure,
  CreateCheckpoint,
  DEFAULT_SETTINGS,
  KillSession,
  ListCheckpoints,
  ListSessions,
  ReadOutput,
  type Recovery,
  RenameSession,
  RestartSession,
  RestoreCheckpoint,
  SetSessionLevel,
} from '../../backend/protocol/client/index.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { StateFolder } from '../../backend/rpc/state-folder.ts';
import { stop, TestSession, TestWorkspace } from '../helpers/backend.ts';
import { eventually } from '../helpers/eventually.ts';

const CODE = {
  python: { define: 'kept = [1, 2]\nprint("before")', more: 'late = 1', ask: 'kept', answer: '=> [1, 2]' },
  javascript: {
    define: 'const kept = [1, 2]; console.log("before")',
    more: 'const late = 1',
    ask: 'kept',
    answer: '=> [ 1, 2 ]',
  },
} as const;

/** Changes of the session `work`, at `trusted`; the names and levels there are behind each. */
const ACKNOWLEDGED: readonly [
  what: string,
  change: (client: BackendClient, sessionId: string) => Promise<unknown>,
  expected: readonly (readonly [name: string, level: string])[],
][] = [
  [
    'one more is created',
    (client) => TestSession.open(client, 'javascript', { name: 'new' }),
    [
      ['work', 'trusted'],
      ['new', 'trusted'],
    ],
  ],
  [
    'another name',
    (client, sessionId) => client.request(RenameSession, { sessionId, name: 'renamed' }),
    [['renamed', 'trusted']],
  ],
  [
    'another level',
    (client, sessionId) => client.request(SetSessionLevel, { sessionId, level: 'sandbox' }),
    [['work', 'sandbox']],
  ],
  ['its end', (client, sessionId) => client.request(KillSession, { sessionId }), []],
];

describe('sessions of a backend that is gone', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;

  beforeEach(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
  });
  afterEach(() => workspace.remove());

  async function killBackend(): Promise<void> {
    const gone = new Promise((resolve) => client.onClose(resolve));
    process.kill(client.hello.pid, 'SIGKILL');
    await gone;
    client = await workspace.connect();
  }
  const automatic = (idleMs: number) =>
    client.request(Configure, {
      ...DEFAULT_SETTINGS,
      checkpoints: { ...DEFAULT_SETTINGS.checkpoints, idleMs },
    });
  const checkpoints = async () => (await client.request(ListCheckpoints, {})).checkpoints;
  const sessions = async () => (await client.request(ListSessions, {})).sessions;
  const recoveries = (session: TestSession): Recovery[] =>
    session.events.flatMap(({ event }) => (event.kind === 'recovered' ? [event.recovery] : []));
  async function checkpointed(session: TestSession, code: string) {
    await automatic(0);
    const ran = await session.run(code);
    await eventually(async () => assert.ok((await checkpoints()).length > 0));
    await automatic(1_000_000);
    return ran;
  }

  for (const language of ['python', 'javascript'] as const) {
    const { define, more, ask, answer } = CODE[language];
    it(`come back under their ids with what their last checkpoint has, when code runs: ${language}`, async () => {
      const before = await TestSession.open(client, language, { name: 'work' });
      const ran = await checkpointed(before, define);
      await before.run(more);
      await killBackend();

      const [asleep] = await sessions();
      assert.deepEqual([asleep?.sessionId, asleep?.name, asleep?.state], [before.id, 'work', 'asleep']);
      assert.equal(asleep?.pid, null);
      const session = await TestSession.open(client, language, { name: 'work' });
      assert.equal(session.id, before.id);
      assert.deepEqual((await session.run(ask)).lines, [answer]);
      const [recovery, ...others] = recoveries(session);
      assert.deepEqual(others, []);
      assert.deepEqual([recovery?.known, recovery?.restored, recovery?.older], [false, ['kept'], []]);
      assert.equal((await session.info()).state, 'idle');

      // What it printed in either backend can be read.
      const after = await session.run(language === 'python' ? 'print("after")' : 'console.log("after")');
      for (const [id, text] of [
        [ran.executionId, 'before\n'],
        [after.executionId, 'after\n'],
      ] as const) {
        const page = { sessionId: session.id, executionId: id, start: 0, count: 100 };
        const { payload } = await client.requestBytes(ReadOutput, page);
        assert.equal(Buffer.from(payload).toString(), text);
      }
    });
  }

  it('come back when a checkpoint is restored into them, which is merged into what they had', async () => {
    const before = await TestSession.open(client, 'python', { name: 'work' });
    await automatic(1_000_000);
    await before.run('first = 1; kept = 1');
    const { checkpoint } = await client.request(CreateCheckpoint, { sessionId: before.id, name: 'first' });
    await before.run('del first; kept = 2');
    await client.request(CreateCheckpoint, { sessionId: before.id, name: 'second' });
    await killBackend();
    const { checkpointId } = checkpoint;
    const request = { sessionId: before.id, checkpointId, names: ['first'], trusted: false };
    const { variables } = await client.request(RestoreCheckpoint, request);
    assert.deepEqual(variables, [{ name: 'first', how: 'restored', reason: null }]);
    const session = await TestSession.open(client, 'python', { name: 'work' });
    assert.equal(session.id, before.id);
    assert.deepEqual((await session.run('(first, kept)')).lines, ['=> (1, 2)']);
  });

  it('come back after an end in order, too, with their name and level', async () => {
    const before = await TestSession.open(client, 'javascript', { name: 'work' });
    await checkpointed(before, CODE.javascript.define);
    await client.request(RenameSession, { sessionId: before.id, name: 'renamed' });
    await client.request(SetSessionLevel, { sessionId: before.id, level: 'restricted' });
    await stop(client);
    client = await workspace.connect();
    const [asleep] = await sessions();
    assert.deepEqual([asleep?.sessionId, asleep?.name, asleep?.level], [before.id, 'renamed', 'restricted']);
    const session = await TestSession.open(client, 'javascript', { name: 'renamed' });
    assert.deepEqual((await session.run('kept')).lines, ['=> [ 1, 2 ]']);
  });

  for (const [what, change, expected] of ACKNOWLEDGED) {
    it(`come back as they were when a client was told: ${what}`, async () => {
      const session = await TestSession.open(client, 'javascript', { name: 'work' });
      // Written before, so that only the change can be missing.
      await stop(client);
      client = await workspace.connect();
      await change(client, session.id);
      await killBackend();
      assert.deepEqual(
        (await sessions()).map(({ name, level }) => [name, level]),
        expected,
      );
    });
  }

  it('come back without what was thrown away when a client was told of their restart', async () => {
    const before = await TestSession.open(client, 'javascript', { name: 'work' });
    await checkpointed(before, CODE.javascript.define);
    await client.request(RestartSession, { sessionId: before.id });
    await killBackend();
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    assert.deepEqual((await session.run('typeof kept')).lines, ["=> 'undefined'"]);
  });

  it('say so when there was no checkpoint of them', async () => {
    const before = await TestSession.open(client, 'javascript', { name: 'work' });
    await before.run(CODE.javascript.define);
    await killBackend();
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    assert.deepEqual((await session.run('typeof kept')).lines, ["=> 'undefined'"]);
    assert.deepEqual(recoveries(session), [{ checkpoint: null, known: false, restored: [], older: [], lost: [] }]);
  });

  for (const [what, method] of [
    ['restarted', RestartSession],
    ['ended', KillSession],
  ] as const) {
    it(`are told where what they had is when they are ${what} before they wake`, async () => {
      const before = await TestSession.open(client, 'python', { name: 'work' });
      await before.run('kept = 1');
      const { checkpoint } = await client.request(CreateCheckpoint, { sessionId: before.id, name: 'copy' });
      await killBackend();
      const answered = await client.request(method, { sessionId: before.id });
      const { checkpointId, name, createdAt } = checkpoint;
      assert.deepEqual(answered.checkpoint, { checkpointId, name, createdAt });
    });
  }

  it('do not come back with what a restart threw away', async () => {
    const before = await TestSession.open(client, 'javascript', { name: 'work' });
    await checkpointed(before, CODE.javascript.define);
    await client.request(RestartSession, { sessionId: before.id });
    await before.run('0');
    await killBackend();
    const session = await TestSession.open(client, 'javascript', { name: 'work' });
    assert.deepEqual((await session.run('typeof kept')).lines, ["=> 'undefined'"]);
  });

  it('do not come back when a person ended them, or when they were of one connection only', async () => {
    const ended = await TestSession.open(client, 'javascript', { name: 'ended' });
    const { path } = await StateFolder.of(workspace.path, workspace.env);
    await client.request(KillSession, { sessionId: ended.id });
    await TestSession.open(client, 'javascript', { name: 'fleeting', ephemeral: true });
    await TestSession.open(client, 'javascript', { name: 'lasting' });
    await eventually(async () => assert.match(await readFile(`${path}/sessions.json`, 'utf8'), /lasting/));
    await killBackend();
    assert.deepEqual(
      (await sessions()).map(({ name }) => name),
      ['lasting'],
    );
  });

  it('are in a file of their user’s only, without the environment', async () => {
    await TestSession.open(client, 'javascript', { name: 'work', env: { ...process.env, TOKEN: 'hunter2' } as never });
    const { sessionsFile } = await StateFolder.of(workspace.path, workspace.env);
    await eventually(async () => assert.doesNotMatch(await readFile(sessionsFile, 'utf8'), /hunter2/));
    if (process.platform !== 'win32') assert.equal((await stat(sessionsFile)).mode & 0o777, 0o600);
  });

  it('are none when their file cannot be read, and the backend starts', async () => {
    await TestSession.open(client, 'javascript', { name: 'work' });
    await stop(client);
    const { sessionsFile } = await StateFolder.of(workspace.path, workspace.env);
    await writeFile(sessionsFile, '{"version":1,"sessions":[{}]}');
    client = await workspace.connect();
    assert.deepEqual(await sessions(), []);
    assert.deepEqual((await (await TestSession.open(client, 'javascript')).run('1')).lines, ['=> 1']);
    // A newer version may know what to do with it.
    assert.equal(await readFile(`${sessionsFile}.unreadable`, 'utf8'), '{"version":1,"sessions":[{}]}');
  });

  it('are told in the order of their last use', async () => {
    for (const name of ['one', 'two']) await TestSession.open(client, 'javascript', { name });
    await stop(client);
    client = await workspace.connect();
    await (await TestSession.open(client, 'javascript', { name: 'one' })).run('1');
    await stop(client);
    client = await workspace.connect();
    assert.deepEqual(
      (await sessions()).map(({ name }) => name),
      ['two', 'one'],
    );
  });
});
