import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  AnswerPrompt,
  Configure,
  DEFAULT_SETTINGS,
  Execute,
  ListGrants,
  ListPrompts,
  type Prompt,
  ReadAudit,
  RevokeGrant,
  SetSessionLevel,
} from '../../backend/protocol/client/index.ts';
import type { Level, Origin } from '../../backend/protocol/security.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { StateFolder } from '../../backend/rpc/state-folder.ts';
import { TestSession, TestWorkspace, type Transcript } from '../helpers/backend.ts';
import { holdfast } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';

/** A transcript's lines, with what an error says. */
function said({ outcome, lines }: Transcript): readonly string[] {
  return outcome.status === 'failed' ? [`error ${outcome.error.name}: ${outcome.error.message}`] : lines;
}

describe('levels, prompts and grants', () => {
  let workspace: TestWorkspace;
  let client: BackendClient;
  let session: TestSession;
  let outside: string;

  beforeEach(async () => {
    workspace = await TestWorkspace.make();
    outside = path.join(path.dirname(workspace.path), 'outside');
    await mkdir(outside);
    await writeFile(path.join(outside, 'a.txt'), 'A');
    await writeFile(path.join(outside, 'b.txt'), 'B');
    client = await workspace.connect();
    session = await TestSession.open(client, 'python');
  });
  afterEach(async () => {
    client.close();
    await workspace.remove();
  });

  const read = (name: string) => `read_file(${JSON.stringify(path.join(outside, name))})`;
  const level = (to: Level) => client.request(SetSessionLevel, { sessionId: session.id, level: to });
  const open = async () => (await client.request(ListPrompts, {})).prompts;
  const grants = async () => (await client.request(ListGrants, {})).grants;

  async function asked(
    code: string,
    options: { origin?: Origin } = {},
  ): Promise<{ prompt: Prompt; ended: Promise<readonly string[]> }> {
    const { executionId, ended } = await session.start(code, options);
    const prompt = await session.prompt(executionId);
    return { prompt, ended: ended.then(() => said(session.transcript(executionId))) };
  }
  const answer = (prompt: Prompt, value: string) => client.request(AnswerPrompt, { promptId: prompt.promptId, value });

  it('a person is not asked at the usual level, and an agent is', async () => {
    assert.deepEqual(await session.run(read('a.txt')).then(({ lines }) => lines), ["=> 'A'"]);
    const { prompt, ended } = await asked(read('a.txt'), { origin: 'agent' });
    assert.deepEqual(prompt.form, {
      kind: 'permission',
      category: 'read',
      operation: 'read_file',
      target: path.join(outside, 'a.txt'),
      covers: path.join(outside, '**'),
      scopes: ['once', 'session', 'workspace', 'always'],
    });
    assert.equal(prompt.location?.line, 1);
    await answer(prompt, 'allow_once');
    assert.deepEqual(await ended, ["=> 'A'"]);
  });

  it('an answer holds for its scope, for whoever it was given to, and until it is revoked', async () => {
    await level('restricted');
    const first = await asked(read('a.txt'));
    await answer(first.prompt, 'allow_session');
    assert.deepEqual(await first.ended, ["=> 'A'"]);
    // The folder is covered, as the prompt said.
    assert.deepEqual(said(await session.run(read('b.txt'))), ["=> 'B'"]);
    const agent = await asked(read('b.txt'), { origin: 'agent' });
    await answer(agent.prompt, 'no');
    assert.match((await agent.ended)[0] ?? '', /error PermissionError: To read .*b\.txt is denied by you/);
    const [grant] = await grants();
    assert.deepEqual([grant?.scope, grant?.origin, grant?.sessionId], ['session', 'person', session.id]);
    await client.request(RevokeGrant, { grantId: grant?.grantId ?? '' });
    const again = await asked(read('b.txt'));
    await answer(again.prompt, 'deny_all');
    assert.match((await again.ended)[0] ?? '', /denied by you/);
    assert.match(said(await session.run(read('a.txt')))[0] ?? '', /denied by an earlier answer of yours/);
  });

  it('what its worker remembers as allowed holds for those runs only that it was allowed for', async () => {
    await level('restricted');
    const opened = (name: string) => `open(${JSON.stringify(path.join(outside, name))}).read()`;
    const refused = async (code: string, origin: Origin) => {
      const { prompt, ended } = await asked(code, { origin });
      await answer(prompt, 'no');
      assert.match((await ended)[0] ?? '', /error PermissionError: .* is denied by you/);
    };
    const security = { level: null, allow: ['read'], deny: [] };
    assert.deepEqual((await session.run(opened('a.txt'), { security })).lines, ["=> 'A'"]);
    await refused(opened('a.txt'), 'person');
    const granted = await asked(opened('b.txt'));
    await answer(granted.prompt, 'allow_session');
    assert.deepEqual(await granted.ended, ["=> 'B'"]);
    await refused(opened('b.txt'), 'agent');
    const agents = await asked(opened('b.txt'), { origin: 'agent' });
    await answer(agents.prompt, 'allow_session');
    assert.deepEqual(await agents.ended, ["=> 'B'"]);
    await refused(opened('b.txt'), 'extension');
  });

  it('answers for the workspace and for always survive the backend, outside of the repository and for its user only', async () => {
    await level('restricted');
    for (const [name, value] of [['a.txt', 'allow_workspace']] as const) {
      const { prompt, ended } = await asked(read(name));
      await answer(prompt, value);
      await ended;
    }
    const write = await asked(`write_file(${JSON.stringify(path.join(outside, 'c.txt'))}, 'C')`);
    await answer(write.prompt, 'allow_always');
    await write.ended;
    const folder = await StateFolder.of(workspace.path, workspace.env);
    for (const file of [path.join(folder.path, 'grants.json'), path.join(path.dirname(folder.path), 'grants.json')]) {
      if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
    }
    assert.deepEqual(await readdir(workspace.path), []);
    const file = await folder.readBackendFile();
    assert.ok(file && file !== 'corrupt');
    const gone = new Promise<void>((resolve) => client.onClose(() => resolve()));
    process.kill(file.pid, 'SIGKILL');
    await gone;
    client = await workspace.connect();
    session = await TestSession.open(client, 'python');
    await level('restricted');
    assert.deepEqual(said(await session.run(read('b.txt'))), ["=> 'B'"]);
    assert.deepEqual((await grants()).map(({ scope }) => scope).sort(), ['always', 'workspace']);
  });

  it('an execution can be stricter than its session, and never looser', async () => {
    await level('sandbox');
    const run = (security: { level: Level; allow: string[]; deny: string[] }) =>
      session.run(read('a.txt'), { security });
    const trusted = await run({ level: 'trusted', allow: [], deny: [] });
    assert.match(said(trusted)[0] ?? '', /PermissionError: .* at the level "sandbox"/);
    await level('trusted');
    const sandbox = await run({ level: 'sandbox', allow: [], deny: [] });
    assert.match(said(sandbox)[0] ?? '', /at the level "sandbox"/);
    const denied = await run({ level: 'trusted', allow: [], deny: ['read'] });
    assert.match(said(denied)[0] ?? '', /denied by an option of this run/);
    assert.deepEqual((await run({ level: 'sandbox', allow: ['read_file'], deny: [] })).lines, ["=> 'A'"]);
  });

  it('patterns of the settings allow and deny; a wrong one is refused, and nothing has changed', async () => {
    const configure = (allow: string[], deny: string[]) =>
      client.request(Configure, {
        ...DEFAULT_SETTINGS,
        security: { ...DEFAULT_SETTINGS.security, allow: { read: allow }, deny: { read: deny } },
      });
    await level('restricted');
    await configure([path.join(outside, '*.txt')], []);
    assert.deepEqual(said(await session.run(read('a.txt'))), ["=> 'A'"]);
    await level('trusted');
    await configure([], [path.join(outside, 'a.*')]);
    assert.match(said(await session.run(read('a.txt')))[0] ?? '', /denied by the setting holdfast\.security\.deny/);
    assert.deepEqual(said(await session.run(read('b.txt'))), ["=> 'B'"]);
    await assert.rejects(configure(['a**'], []), /The pattern "a\*\*" for read cannot be used\./);
    assert.match(said(await session.run(read('a.txt')))[0] ?? '', /denied by the setting/);
  });

  it('a denial holds for what is in a folder that is deleted or copied as a whole', async () => {
    const tree = path.join(outside, 'tree');
    const kept = path.join(tree, 'deep/kept.txt');
    await mkdir(path.dirname(kept), { recursive: true });
    await writeFile(kept, 'kept');
    const denied = [path.join(outside, '**/kept.*')];
    const deny = { read: denied, delete: denied };
    await client.request(Configure, { ...DEFAULT_SETTINGS, security: { ...DEFAULT_SETTINGS.security, deny } });
    const javascript = await TestSession.open(client, 'javascript');
    const copy = path.join(outside, 'copy');
    const [from, to] = [JSON.stringify(tree), JSON.stringify(copy)];
    const refusal = new RegExp(`^error PermissionError: .* is denied by the setting .*, which covers ${kept}\\.`);
    for (const [where, code] of [
      [session, `import shutil; shutil.rmtree(${from})`],
      [javascript, `await require('fs/promises').rm(${from}, { recursive: true })`],
      [javascript, `require('fs').rmSync(${from}, { recursive: true })`],
      [javascript, `require('fs').cpSync(${from}, ${to}, { recursive: true })`],
    ] as const) {
      assert.match(said(await where.run(code))[0] ?? '', refusal);
      assert.equal(await readFile(kept, 'utf8'), 'kept');
    }
    await assert.rejects(stat(copy), { code: 'ENOENT' });
    // What was allowed once is looked at again.
    const remove = `import shutil; shutil.rmtree(${JSON.stringify(path.dirname(kept))})`;
    await rm(kept);
    assert.deepEqual(said(await session.run(remove)), []);
    await mkdir(path.dirname(kept));
    await writeFile(kept, 'kept');
    assert.match(said(await session.run(remove))[0] ?? '', refusal);
  });

  it('a wrong answer is asked again with the reason; the first right one wins', async () => {
    await level('restricted');
    const { prompt, ended } = await asked(read('a.txt'));
    await assert.rejects(answer(prompt, 'perhaps'), /The answer is one of allow_once, .*, yes or no/);
    const both = await Promise.allSettled([answer(prompt, 'yes'), answer(prompt, 'no')]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    assert.deepEqual(await ended, ["=> 'A'"]);
  });

  it('a prompt that nobody answers is a TimeoutError when a time is set', async () => {
    await level('restricted');
    await client.request(Configure, {
      ...DEFAULT_SETTINGS,
      security: { ...DEFAULT_SETTINGS.security, promptTimeoutMs: 100 },
    });
    assert.match(
      said(await session.run(read('a.txt')))[0] ?? '',
      /error TimeoutError: .*Nobody answered within 0\.1 s/,
    );
    assert.match(said(await session.run('input("name")'))[0] ?? '', /error TimeoutError/);
  });

  it('a cancel during a prompt ends the cell, and the next one asks again', async () => {
    await level('restricted');
    const { executionId, ended } = await session.start(read('a.txt'));
    const { promptId } = await session.prompt(executionId);
    assert.deepEqual(
      (await open()).map((prompt) => prompt.promptId),
      [promptId],
    );
    await session.cancel(executionId);
    assert.equal((await ended).status, 'cancelled');
    assert.deepEqual(await open(), []);
    const again = await asked(read('a.txt'));
    await answer(again.prompt, 'yes');
    assert.deepEqual(await again.ended, ["=> 'A'"]);
  });

  it('a thousand prompts are listed and answered without loss, and a cancel is not behind them', async () => {
    const code = 'import asyncio\nsum(await asyncio.gather(*[choose.aio("?", [1]) for _ in range(1000)]))';
    const first = await session.start(code);
    await session.prompt(first.executionId, 999);
    const prompts = await open();
    assert.equal(prompts.length, 1000);
    await Promise.all(prompts.map((prompt) => answer(prompt, '1')));
    await first.ended;
    assert.deepEqual(session.transcript(first.executionId).lines, ['=> 1000']);
    const again = await session.start(code);
    await session.prompt(again.executionId, 999);
    assert.equal((await open()).length, 1000);
    await session.cancel(again.executionId);
    assert.equal((await again.ended).status, 'cancelled');
    assert.deepEqual(await open(), []);
  });

  it('what is behind a link is not in the workspace, whatever dots are in between', async () => {
    await symlink(outside, path.join(workspace.path, 'link'));
    await level('sandbox');
    const dots = `read_file(${JSON.stringify(`${workspace.path}/link/../outside/a.txt`)})`;
    assert.match(said(await session.run(dots))[0] ?? '', /PermissionError: .*outside\/a\.txt is denied at the level/);
  });

  it('the audit log says who was allowed what and why, and keeps no secret', async () => {
    const secret = 'hunter2-very-secret';
    await level('restricted');
    const { prompt, ended } = await asked(`shell("curl --password ${secret} http://user:${secret}@127.0.0.1:9/")`);
    await answer(prompt, 'no');
    await ended;
    // The code itself is the person's own; what they type into a question is in no file at all.
    const typed = 'typed-into-the-question';
    const password = session.run('import getpass\nlen(getpass.getpass("Password"))', { answers: [typed] });
    assert.deepEqual((await password).lines, [`=> ${typed.length}`]);
    const { entries, file } = await client.request(ReadAudit, { count: 10 });
    assert.deepEqual(
      entries.map(({ category, decision, by, origin }) => [category, decision, by, origin]),
      [['subprocess', 'deny', 'person', 'person']],
    );
    assert.match(entries[0]?.target ?? '', /^\/bin\/sh -c …/);
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok(!(await readFile(file, 'utf8')).includes(secret));
    const folders = [workspace.state, workspace.path, outside];
    const files = (
      await Promise.all(folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true })))
    )
      .flat()
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    assert.ok(files.some((one) => one.endsWith('backend.log')) && files.length > 5, files.join());
    for (const one of files) assert.ok(!(await readFile(one)).includes(typed), one);
  });

  it('questions are listed and answered from the command line', async () => {
    const { ended } = await asked('input("Who? ")');
    const cli = (args: readonly string[]) => holdfast(workspace, args);
    const { stdout } = await cli(['prompts']);
    const [, id = ''] = /^(\S+) +input +\S+:1 +Who\?/m.exec(stdout) ?? [];
    assert.equal((await cli(['answer', id.slice(0, 12), 'Ann'])).stdout, 'Answered.\n');
    assert.deepEqual(await ended, ["=> 'Ann'"]);
    assert.equal((await cli(['prompts'])).stdout, 'Nothing is asked.\n');
    const gone = await cli(['answer', id, 'Bob']);
    assert.equal(gone.code, 2);
    assert.match(gone.stderr, /There is no open question/);
    const wrong = await cli(['run', '-', '--deny', 'everything']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /It is one of input, getpass, secret, approve/);
  });

  it('an agent may be told by the events', async () => {
    await client.request(
      Execute,
      {
        sessionId: session.id,
        executionId: 'agent-run',
        dialect: 'python',
        source: { name: '<agent>', path: null, line: 1, column: 0 },
        batch: null,
        origin: 'agent',
      },
      { payload: Buffer.from('1') },
    );
    await eventually(() => {
      const queued = session.events.find(({ event }) => event.kind === 'queued' && event.executionId === 'agent-run');
      assert.equal(queued?.event.kind === 'queued' && queued.event.origin, 'agent');
    });
  });
});
