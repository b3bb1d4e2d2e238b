import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SessionsRow } from '../../extension/views/sessions-tree.ts';
import type { ShownRow } from '../../extension/views/shown-row.ts';
import { eventually } from '../helpers/eventually.ts';
import { changeSetting, closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

const PYTHON = `import math, threading
numbers = [1, 2, 3]
def double(n): return 2 * n
lock = threading.Lock()
numbers = "changed"
(numbers, double(4), math.floor(1.5))
`;

describe('checkpoints', () => {
  let api: Awaited<ReturnType<typeof holdfast>>;
  let editor: vscode.TextEditor;
  let sessionId: string;
  let folder: string;

  before(async () => {
    api = await holdfast();
    folder = await mkdtemp(path.join(os.tmpdir(), 'hf-checkpoints-'));
    await closeAllEditors();
    // Variables of other tests would be in the checkpoints.
    for (const session of api.sessions()) await vscode.commands.executeCommand('holdfast.killSession', session);
    editor = await openUntitled('python', PYTHON);
    for (const line of [0, 1, 2, 3]) {
      await runLine(editor, line);
      await expectInline(editor, line, '✓');
    }
    sessionId = api.sessions().find(({ language }) => language === 'python')?.sessionId ?? assert.fail('no session');
    await vscode.commands.executeCommand('holdfast.saveCheckpoint', { sessionId, name: 'baseline' });
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    for (const session of api.sessions()) await vscode.commands.executeCommand('holdfast.killSession', session);
    await closeAllEditors();
  });

  async function listed(): Promise<readonly ShownRow<SessionsRow>[]> {
    const group = (await api.sessionRows()).find(({ row }) => row.kind === 'checkpoints');
    return group ? api.sessionRows(group.row) : [];
  }

  async function row(label: string): Promise<ShownRow<SessionsRow>> {
    return eventually(async () => {
      const all = await listed();
      return all.find((one) => one.label === label) ?? assert.fail(all.map((one) => one.label).join(' | '));
    });
  }

  async function idOf(label: string): Promise<string> {
    const { row: found } = await row(label);
    return found.kind === 'checkpoint' ? found.checkpointId : assert.fail('not a checkpoint');
  }

  it('are listed with when, how much and of what, below it each variable with what became of it', async () => {
    const baseline = await row('baseline');
    assert.match(baseline.description, /^\d.* · 4 variables · \d+ KB · python$/);
    assert.equal(baseline.context, 'checkpoint');
    const variables = await api.sessionRows(baseline.row);
    assert.deepEqual(
      variables.map(({ label }) => label),
      ['lock', 'math', 'threading', 'double', 'numbers'],
    );
    const words = Object.fromEntries(variables.map(({ label, description }) => [label, description]));
    assert.match(words['lock'] ?? '', /^not stored: .*lock/);
    assert.match(words['numbers'] ?? '', /^list · 1 KB$/);
    assert.equal(words['double'], 'rebuilt from its source');
    assert.equal(words['math'], 'imported again');
  });

  it('are restored, all or those that are named, while others stay', async () => {
    const checkpointId = await idOf('baseline');
    await runLine(editor, 4);
    await expectInline(editor, 4, '✓');
    await vscode.commands.executeCommand('holdfast.restoreCheckpoint', { checkpointId, sessionId, names: ['double'] });
    await runLine(editor, 5);
    await expectInline(editor, 5, "('changed', 8, 1)");
    await vscode.commands.executeCommand('holdfast.restoreCheckpoint', { checkpointId, names: ['numbers'] });
    await runLine(editor, 5);
    await expectInline(editor, 5, '([1, 2, 3], 8, 1)');
  });

  it('show what they hold as a document', async () => {
    await vscode.commands.executeCommand('holdfast.showCheckpoint', { checkpointId: await idOf('baseline') });
    const { document } = vscode.window.activeTextEditor ?? assert.fail('no document');
    const text = document.getText();
    assert.match(
      text,
      /^Checkpoint “baseline”\nMade .* of python \(python 3\.\d+\.\d+\)\n1 stored, 1 by source, 2 by import, 1 not stored · 1 KB\n/,
    );
    assert.match(text, /\nNot stored \(1\)\n {2}lock {2}TypeError: /);
    assert.match(text, /\nImported again \(2\)\n {2}math\n {2}threading\n$/);
  });

  it('are renamed, exported over an older file, and imported under their own name', async () => {
    const checkpointId = await idOf('baseline');
    const file = vscode.Uri.file(path.join(folder, 'baseline.checkpoint'));
    await vscode.workspace.fs.writeFile(file, new Uint8Array(3));
    await vscode.commands.executeCommand('holdfast.exportCheckpoint', { checkpointId, file });
    assert.ok((await stat(file.fsPath)).size > 100);
    await vscode.commands.executeCommand('holdfast.renameCheckpoint', { checkpointId, name: 'first' });
    await row('first');
    await vscode.commands.executeCommand('holdfast.importCheckpoint', { file });
    const imported = await row('baseline');
    assert.notEqual(await idOf('baseline'), checkpointId);
    assert.doesNotMatch(imported.description, /from elsewhere/);
  });

  it('are restored into a new session when there is none of their language', async () => {
    await vscode.commands.executeCommand('holdfast.killSession', { sessionId });
    await eventually(() => assert.equal(api.sessions().length, 0));
    const request = { checkpointId: await idOf('first'), names: ['numbers', 'double', 'math'] };
    await vscode.commands.executeCommand('holdfast.restoreCheckpoint', request);
    editor = await vscode.window.showTextDocument(editor.document);
    await vscode.commands.executeCommand('holdfast.clearInlineResults');
    await runLine(editor, 5);
    await expectInline(editor, 5, '([1, 2, 3], 8, 1)');
  });

  it('are not needed to undo the last cell, where that is switched on (Linux only: it copies the process)', async function () {
    if (process.platform !== 'linux') return this.skip();
    const session = () => api.sessions().find(({ language }) => language === 'python') ?? assert.fail('no session');
    const undo = () =>
      vscode.commands.executeCommand('holdfast.undoCell', { sessionId: session().sessionId, confirmed: true });
    await changeSetting('python.undo.enabled', true);
    await vscode.commands.executeCommand('holdfast.restartSession', { sessionId: session().sessionId });
    editor = await vscode.window.showTextDocument(editor.document);
    await vscode.commands.executeCommand('holdfast.clearInlineResults');
    for (const line of [0, 1, 2, 4]) {
      await runLine(editor, line);
      await expectInline(editor, line, '✓');
    }
    await undo();
    assert.deepEqual(
      api.inlineResults(editor.document.uri).map(({ line }) => line),
      [0, 1, 2],
    );
    await runLine(editor, 5);
    await expectInline(editor, 5, '([1, 2, 3], 8, 1)');
    await eventually(() => assert.equal(session().variables, 4));
  });
});
