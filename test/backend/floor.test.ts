import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { KillSession, ListSessions, type SessionInfo } from '../../backend/protocol/client/index.ts';
import type { Level } from '../../backend/protocol/security.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { findFloor } from '../../backend/sessions/floor.ts';
import { bubblewrap } from '../../backend/workers/bubblewrap.ts';
import { languageById } from '../../backend/workers/index.ts';
import { TestSession, TestWorkspace } from '../helpers/backend.ts';
import { interpreters } from '../helpers/python-interpreters.ts';

describe('a session with a floor', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;
  before(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
  });
  after(async () => {
    await workspace.remove();
  });

  function create(level: Level): Promise<TestSession> {
    return TestSession.open(client, 'python', { name: level, security: { level, allow: [], deny: [] }, floor: true });
  }

  async function info({ id }: TestSession): Promise<SessionInfo | undefined> {
    const { sessions } = await client.request(ListSessions, {});
    return sessions.find(({ sessionId }) => sessionId === id);
  }

  async function works(): Promise<string | null> {
    const [interpreter] = await interpreters();
    assert(interpreter);
    return findFloor(languageById('python'), interpreter, process.env).then(
      () => null,
      (error: Error) => error.message,
    );
  }

  function onFloor(name: string, test: () => Promise<void>): void {
    it(name, async function () {
      const problem = await works();
      if (problem !== null) {
        (this.test as { title: string }).title = `${name} (not tried: ${problem})`;
        this.skip();
      }
      await test();
    });
  }

  onFloor('says which one it is, and cannot leave the workspace though nothing asks', async () => {
    const session = await create('trusted');
    assert.match((await info(session))?.floor ?? '', /^(landlock|bubblewrap)$/);
    const outside = path.join(path.dirname(workspace.path), 'outside');
    const denied = await session.run(`import os; os.mkfifo(${JSON.stringify(outside)})`);
    assert.match(JSON.stringify(denied.outcome), /PermissionError|Read-only|FileNotFoundError/);
    assert.ok(!existsSync(outside));
    const inside = await session.run('import os; os.mkfifo("pipe"); os.path.exists("pipe")');
    assert.match(JSON.stringify(inside.outcome), /"text":"True"/);
    await client.request(KillSession, { sessionId: session.id });
  });

  onFloor('has a temporary folder of its own, which goes with it', async () => {
    const session = await create('trusted');
    const { outcome } = await session.run(
      'import tempfile; open(tempfile.mkstemp()[1], "w").write("x"); tempfile.gettempdir()',
    );
    const [, folder = ''] = /"text":"'([^']+)'"/.exec(JSON.stringify(outcome)) ?? [];
    assert.match(folder, /holdfast-session-/);
    await client.request(KillSession, { sessionId: session.id });
    assert.ok(!existsSync(folder), folder);
  });

  onFloor('in the sandbox it writes nothing in the workspace', async () => {
    const session = await create('sandbox');
    const { outcome } = await session.run('import os; os.mkfifo("sandboxed")');
    assert.match(JSON.stringify(outcome), /Permission denied|Read-only file system/);
    assert.ok(!existsSync(path.join(workspace.path, 'sandboxed')));
    await client.request(KillSession, { sessionId: session.id });
  });

  it('is refused with what was tried where nothing can hold it', async () => {
    const none = { ...languageById('python'), floors: [{ ...bubblewrap, problem: async () => 'it is not installed' }] };
    const [interpreter] = await interpreters();
    assert(interpreter);
    await assert.rejects(findFloor(none, interpreter, process.env), {
      code: 'unavailable',
      message: /bubblewrap: it is not installed\. Start it without a floor/,
    });
  });
});
