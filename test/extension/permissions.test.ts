import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Prompt } from '../../backend/protocol/client/index.ts';
import { findFloor } from '../../backend/sessions/floor.ts';
import { python } from '../../backend/workers/python/language.ts';
import type { GroupId, PromptsRow } from '../../extension/views/prompts/rows.ts';
import type { ShownRow } from '../../extension/views/shown-row.ts';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

/** Changes one of the person's own settings until the test has ended. */
async function withSecurity(name: string, value: unknown, work: () => Promise<void>): Promise<void> {
  const security = () => vscode.workspace.getConfiguration('holdfast.security');
  await security().update(name, value, vscode.ConfigurationTarget.Global);
  try {
    await work();
  } finally {
    await security().update(name, undefined, vscode.ConfigurationTarget.Global);
  }
}

describe('permissions', () => {
  let api: Awaited<ReturnType<typeof holdfast>>;
  let sessionId: string;
  const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? assert.fail('no folder is open');

  before(async () => {
    api = await holdfast();
    const editor = await openUntitled('python', '1');
    await runLine(editor, 0);
    await expectInline(editor, 0, '1');
    sessionId = api.sessions().find(({ name }) => name === 'python')?.sessionId ?? assert.fail('no session');
  });
  beforeEach(() => setLevel('restricted'));
  afterEach(async () => {
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    for (const { row } of rows('grants')) await vscode.commands.executeCommand('holdfast.revokeGrant', row);
    await eventually(() => assert.deepEqual(rows('grants'), []));
    await closeAllEditors();
  });
  after(() => setLevel('trusted'));

  async function setLevel(level: string): Promise<void> {
    await vscode.commands.executeCommand('holdfast.changeLevel', { sessionId, level });
    await eventually(() => assert.equal(api.sessions().find((it) => it.sessionId === sessionId)?.level, level));
  }

  function rows(id: GroupId): readonly ShownRow<PromptsRow>[] {
    const group = api.promptRows().find(({ row }) => row.kind === 'group' && row.id === id);
    return group ? api.promptRows(group.row) : [];
  }

  const asked = (): Promise<Prompt> => eventually(() => api.shownPrompt() ?? assert.fail('nothing is asked'));

  async function write(name: string): Promise<vscode.TextEditor> {
    const editor = await openUntitled('python', `write_file("${name}", "x")\n1`);
    await runLine(editor, 0);
    return editor;
  }

  it('are asked with what exactly is touched, and Allow answers for once', async () => {
    const editor = await write('asked.txt');
    const { form } = await asked();
    assert.ok(form.kind === 'permission');
    assert.deepEqual([form.category, form.target], ['write', path.join(folder(), 'asked.txt')]);
    await expectInline(editor, 0, 'waiting for input');
    const [row] = await eventually(() => {
      const waiting = rows('prompts');
      assert.equal(waiting.length, 1);
      return waiting;
    });
    assert.match(row?.context ?? '', /decidable/);
    await vscode.commands.executeCommand('holdfast.allowPrompt', row?.row);
    await expectInline(editor, 0, '✓');
    assert.equal(await readFile(path.join(folder(), 'asked.txt'), 'utf8'), 'x');
    await runLine(editor, 0);
    await asked();
  });

  it('that are denied raise PermissionError in the program', async () => {
    const editor = await write('denied.txt');
    await asked();
    await vscode.commands.executeCommand('holdfast.denyPrompt');
    await expectInline(editor, 0, /^PermissionError: /);
  });

  it('that are remembered are listed with where they come from, and asked again when they are revoked', async () => {
    const editor = await write('kept.txt');
    await api.answerPrompt((await asked()).promptId, 'allow_workspace');
    await expectInline(editor, 0, '✓');
    const [grant] = await eventually(() => {
      const grants = rows('grants');
      assert.equal(grants.length, 1);
      return grants;
    });
    assert.ok(grant);
    assert.equal(grant.label, `Write: ${path.join(folder(), 'kept.txt')}`);
    assert.match(grant.description, /^in this workspace/);
    assert.match(grant.spoken, /since .*:1$/);
    await runLine(editor, 0);
    await expectInline(editor, 0, '✓');
    assert.equal(api.shownPrompt(), undefined);
    await vscode.commands.executeCommand('holdfast.revokeGrant', grant.row);
    await eventually(() => assert.deepEqual(rows('grants'), []));
    await runLine(editor, 0);
    await asked();
  });

  it('say the level of each session, which is changed there', async () => {
    const level = () => rows('levels').find(({ label }) => label === 'python');
    await eventually(() => assert.match(level()?.description ?? '', /^restricted/));
    assert.match(level()?.spoken ?? '', /python: restricted\. Reads the workspace/);
    await setLevel('sandbox');
    await eventually(() => assert.match(level()?.description ?? '', /^sandbox/));
    const editor = await write('sandbox.txt');
    await expectInline(editor, 0, /^PermissionError: .*sandbox/);
  });

  it('go to the audit log, which a command opens', async () => {
    await vscode.commands.executeCommand('holdfast.openAuditLog');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.ok(vscode.window.activeTextEditor?.document.fileName.endsWith('audit.jsonl'));
    assert.match(text, /"decision":"deny","by":"person"/);
  });

  it('are denied by a pattern of the settings without a question', async () => {
    await setLevel('trusted');
    await withSecurity('deny', { write: ['secret/**'] }, async () => {
      const editor = await openUntitled('python', 'write_file("secret/a.txt", "x")');
      await eventually(async () => {
        await runLine(editor, 0);
        await expectInline(editor, 0, /^PermissionError: /);
      });
    });
  });

  it('are asked for everything while the settings cannot be used', async () => {
    await setLevel('trusted');
    const agent = async (code: string): Promise<string> => {
      const tool = api.agentTool?.('holdfast_runCode') ?? assert.fail('the extension does not run as under test');
      const { token } = new vscode.CancellationTokenSource();
      const input = { language: 'python', code, waitSeconds: 1 };
      const part = (await tool.invoke({ input, toolInvocationToken: undefined }, token))?.content[0];
      await vscode.commands.executeCommand('holdfast.cancelExecution');
      return part instanceof vscode.LanguageModelTextPart ? part.value : '';
    };
    await withSecurity('deny', { network: ['https://not.a.host/'] }, async () => {
      // The sandbox does not ask.
      await eventually(async () => assert.match(await agent('write_file("a.txt", "x")'), /PermissionError.*sandbox/));
    });
    await eventually(async () => assert.match(await agent('write_file("a.txt", "x")'), /A person has to answer/));
  });

  it('are not loosened by a workspace’s settings', async () => {
    const file = path.join(folder(), '.vscode/settings.json');
    const before = await readFile(file, 'utf8').catch(() => undefined);
    await mkdir(path.dirname(file), { recursive: true });
    const settings = { 'holdfast.security.levels.agent': 'unrestricted', 'holdfast.security.allow': { write: ['**'] } };
    await writeFile(file, JSON.stringify({ ...JSON.parse(before ?? '{}'), ...settings, 'editor.tabSize': 7 }));
    try {
      const tabSize = () => vscode.workspace.getConfiguration('editor').get('tabSize');
      await eventually(() => assert.equal(tabSize(), 7));
      const agent = vscode.workspace.getConfiguration('holdfast.security').get('levels.agent');
      assert.equal(agent, 'restricted');
      await write('loose.txt');
      assert.equal((await asked()).form.kind, 'permission');
    } finally {
      if (before === undefined) await rm(file);
      else await writeFile(file, before);
    }
  });

  it('a new session is held from below where that is set and the system can', async function () {
    const { env } = process;
    const interpreter = await python.find({ configured: null, workspace: folder(), env });
    const problem = await findFloor(python, interpreter, env).then(
      () => null,
      (error: Error) => error.message,
    );
    if (problem !== null) {
      (this.test as Mocha.Test).title += ` (not tried: ${problem})`;
      this.skip();
    }
    await withSecurity('floor', true, async () => {
      await openUntitled('python', '1');
      await vscode.commands.executeCommand('holdfast.newSession', { name: 'held' });
      const held = () => api.sessions().find(({ name }) => name === 'held');
      const session = await eventually(() => held() ?? assert.fail('no session'));
      assert.match(session.floor ?? 'none', /^(landlock|bubblewrap|node-permission)$/);
      await vscode.commands.executeCommand('holdfast.killSession', { sessionId: session.sessionId });
      await eventually(() => assert.equal(held(), undefined));
    });
    assert.equal(api.sessions().find((it) => it.sessionId === sessionId)?.floor, null);
  });
});
