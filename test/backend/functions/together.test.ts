import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { AnswerPrompt, ListPrompts, StatusMethod } from '../../../backend/protocol/client/index.ts';
import type { Security } from '../../../backend/protocol/security.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { StateFolder } from '../../../backend/rpc/state-folder.ts';
import { languages } from '../../../backend/workers/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { holdfast } from '../../helpers/cli.ts';
import { eventually } from '../../helpers/eventually.ts';
import { isAlive } from '../../helpers/processes.ts';
import { posix } from '../../helpers/where.ts';

type Code = Readonly<Record<LanguageId, string>>;
const restricted: { security: Security } = { security: { level: 'restricted', allow: [], deny: [] } };

for (const { id, label } of languages) {
  describe(`commands of programs in ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let session: TestSession;

    beforeEach(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      session = await TestSession.open(client, id);
    });
    afterEach(() => workspace.remove());

    const shell = (command: string): string =>
      id === 'python' ? `shell(${JSON.stringify(command)})` : `await shell(${JSON.stringify(command)})`;
    const print = (text: string): string => (id === 'python' ? `print("${text}")` : `console.log("${text}")`);

    posix('what they write has its place in the output of the program, before its result', async () => {
      const code = [print('before'), shell('echo out; echo err >&2'), print('after')].join('\n');
      const { stdout, stderr, outcome, events } = await session.run(code);
      assert.equal(outcome.status, 'succeeded');
      assert.deepEqual([stdout, stderr], ['before\nout\nafter\n', 'err\n']);
      assert.equal(events.at(-1)?.kind, 'finished');
    });

    posix('megabytes come whole and in order', async () => {
      const { executionId, outcome } = await session.run(shell('seq 1 300000'));
      assert.equal(outcome.status, 'succeeded');
      const lines = session.output(executionId, 'stdout').trimEnd().split('\n');
      assert.deepEqual([lines.length, lines[0], lines.at(-1)], [300_000, '1', '300000']);
    });

    posix('a cancel ends them with all that they have started, and the session lives', async () => {
      const script = 'sleep 1000 & echo $!; setsid sleep 1000 & echo $!; echo $$; trap "" TERM; wait; sleep 1000';
      const { executionId, ended } = await session.start(shell(script));
      const pids = await session.until(() => {
        const found = session.output(executionId, 'stdout').match(/\d+(?=\n)/g);
        return found?.length === 3 ? found.map(Number) : undefined;
      });
      await session.cancel(executionId);
      const outcome = await ended;
      assert.ok(outcome.status === 'cancelled');
      assert.ok(['cooperative', 'interrupt'].includes(outcome.rung), outcome.rung);
      const written = session.output(executionId, 'stdout');
      for (const pid of pids) await eventually(async () => assert.equal(await isAlive(pid), false));
      assert.equal(session.output(executionId, 'stdout'), written, 'nothing is told behind the end');
      assert.deepEqual((await session.run('1 + 1')).lines, ['=> 2']);
    });

    posix('they do not outlive the backend', async () => {
      const { executionId, ended } = await session.start(shell('echo $$; sleep 1000'));
      ended.catch(() => {});
      const pid = await session.until(() => /\d+(?=\n)/.exec(session.output(executionId, 'stdout'))?.[0]);
      const { pid: backend } = await client.request(StatusMethod, {});
      process.kill(backend, 'SIGKILL');
      await eventually(async () => assert.equal(await isAlive(Number(pid)), false));
    });

    it('two sessions keep values at once, and lose none', async () => {
      const other = await TestSession.open(client, id === 'python' ? 'javascript' : 'python');
      const code: Code = {
        python: 'for n in range(100): store[f"p{n}"] = n',
        javascript: 'await Promise.all(Array.from({ length: 100 }, (_, n) => store.set("j" + n, n)))',
      };
      const done = await Promise.all([
        session.run(code[id]),
        other.run(code[id === 'python' ? 'javascript' : 'python']),
      ]);
      for (const { outcome } of done) assert.equal(outcome.status, 'succeeded', JSON.stringify(outcome));
      const read: Code = {
        python: 'len(store), store["p99"], store["j99"]',
        javascript: '[(await store.keys()).length, await store.get("p99"), await store.get("j99")]',
      };
      const value: Code = { python: '=> (200, 99, 99)', javascript: '=> [ 200, 99, 99 ]' };
      assert.deepEqual((await session.run(read[id])).lines, [value[id]]);
      const { path: folder } = await StateFolder.of(workspace.path, workspace.env);
      const file = path.join(folder, 'store.json');
      assert.equal(JSON.parse(await readFile(file, 'utf8')).values.length, 200);
      if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.deepEqual(await readdir(workspace.path), [], 'nothing is in the workspace');

      const { pid: backend } = await client.request(StatusMethod, {});
      const gone = new Promise<void>((resolve) => client.onClose(() => resolve()));
      process.kill(backend, 'SIGKILL');
      await gone;
      const next = await TestSession.open(await workspace.connect(), id);
      assert.deepEqual((await next.run(read[id])).lines, [value[id]]);
    });

    it('the command line tells a bar, on a line of its own and as JSON', async () => {
      const code: Code = {
        python: 'import time\nfor n in progress(range(3), label="Rows"): time.sleep(0.1)',
        javascript:
          'for (const n of progress([1, 2, 3], { label: "Rows" })) await new Promise((done) => setTimeout(done, 100))',
      };
      const args = ['run', '--language', id, '-'];
      const { stderr } = await holdfast(workspace, args, { input: code[id] });
      assert.equal(stderr, 'Rows 100% · 3/3\n');
      const { lines } = await holdfast(workspace, [...args, '--json'], { input: code[id] });
      const told = lines.filter(({ type }) => type === 'progress');
      const { executionId: _, progressId: __, ...last } = told.at(-1) ?? {};
      assert.deepEqual(last, { type: 'progress', label: 'Rows', done: 3, total: 3, state: 'done' });
    });
  });
}

describe('functions of Python that are awaited', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;
  let session: TestSession;

  before(async () => {
    workspace = await TestWorkspace.make();
    client = await workspace.connect();
    session = await TestSession.open(client, 'python');
    await session.run('import asyncio');
  });
  after(() => workspace.remove());

  it('a task of an earlier cell has what it asked for although that cell and others have ended', async () => {
    await session.run(
      'task = asyncio.ensure_future(shell.aio("sleep 0.3; echo done", show=False))\nawait asyncio.sleep(0)',
    );
    for (let cell = 0; cell < 3; cell++) assert.deepEqual((await session.run('1')).lines, ['=> 1']);
    assert.deepEqual((await session.run('(await task).stdout')).lines, ["=> 'done\\n'"]);
  });

  it('a thread has its answer although the cell that started it has ended', async () => {
    const { executionId, ended } = await session.start(
      'import threading\ngot = []\nthread = threading.Thread(target=lambda: got.append(input("?")))\nthread.start()',
    );
    const { promptId } = await session.prompt(executionId);
    await ended;
    await client.request(AnswerPrompt, { promptId, value: 'x' });
    assert.deepEqual((await session.run('thread.join(); got')).lines, ["=> ['x']"]);
  });

  it('a cell that is cancelled takes what it waits for with it, and not what its tasks wait for', async () => {
    const { executionId, ended } = await session.start(
      'task = asyncio.ensure_future(input.aio("task?"))\nawait asyncio.sleep(0)\nawait input.aio("cell?")',
    );
    const mine = await session.prompt(executionId);
    await session.prompt(executionId, 1);
    await session.cancel(executionId);
    assert.equal((await ended).status, 'cancelled');
    const { prompts } = await client.request(ListPrompts, {});
    assert.deepEqual(
      prompts.map(({ prompt }) => prompt),
      ['task?'],
    );
    await client.request(AnswerPrompt, { promptId: mine.promptId, value: 'x' });
    assert.deepEqual((await session.run('await task')).lines, ["=> 'x'"]);
  });

  posix('a command whose task is cancelled is ended', async () => {
    const { executionId, outcome } = await session.run(
      'try: await asyncio.wait_for(shell.aio("echo $$; sleep 1000"), 0.5)\nexcept asyncio.TimeoutError: print("gave up")',
    );
    assert.equal(outcome.status, 'succeeded', JSON.stringify(outcome));
    const [pid] = session.output(executionId, 'stdout').split('\n');
    await eventually(async () => assert.equal(await isAlive(Number(pid)), false));
  });

  it('a question whose task is cancelled closes', async () => {
    const { executionId } = await session.run('task = asyncio.ensure_future(input.aio("?"))\nawait asyncio.sleep(0)');
    const { promptId } = await session.prompt(executionId);
    await session.run('task.cancel();');
    await session.until(() =>
      session.events.find(
        ({ event }) => event.kind === 'prompt_closed' && event.promptId === promptId && event.reason === 'abandoned',
      ),
    );
  });

  it('a redirect to another host asks again', async () => {
    const servers: http.Server[] = [];
    const listen = async (handle: http.RequestListener) => {
      const server = http.createServer(handle);
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    let reached = 0;
    const second = await listen((_request, response) => {
      reached++;
      response.end('there');
    });
    const first = await listen((_request, response) => {
      response.writeHead(302, { location: `http://${second}/` }).end();
    });
    const { executionId, ended } = await session.start(`fetch("http://${first}/").text()`, restricted);
    const one = await session.prompt(executionId);
    assert.equal(one.form.kind === 'permission' && one.form.target, first);
    await client.request(AnswerPrompt, { promptId: one.promptId, value: 'yes' });
    const other = await session.prompt(executionId, 1);
    assert.equal(other.form.kind === 'permission' && other.form.target, second);
    assert.equal(reached, 0);
    await client.request(AnswerPrompt, { promptId: other.promptId, value: 'no' });
    const outcome = await ended;
    assert.equal(outcome.status === 'failed' && outcome.error.name, 'PermissionError');
    assert.equal(reached, 0);
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
});
