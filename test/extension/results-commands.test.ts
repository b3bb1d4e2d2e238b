import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

const SHOWN_MS = 15_000;

/** The addresses of the text documents in tabs, and the kinds of the pages. */
function tabs(): string[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .map(({ input }) => {
      if (input instanceof vscode.TabInputText) return input.uri.toString();
      return input instanceof vscode.TabInputWebview ? input.viewType : '';
    });
}

const shown = (viewType: string) => tabs().filter((tab) => tab.endsWith(viewType)).length;

describe('what a result can be taken to', () => {
  afterEach(closeAllEditors);

  it('is its whole output as a document, also what the window itself does not keep', async () => {
    const editor = await openUntitled('python', 'for n in range(100_000): print("line", n)');
    await runLine(editor, 0);
    await expectInline(editor, 0, 'line 99999');
    await vscode.commands.executeCommand('holdfast.openOutput');
    const uri = await eventually(() => {
      const found = tabs().find((tab) => tab.startsWith('holdfast-output:'));
      assert.ok(found);
      return vscode.Uri.parse(found, true);
    }, SHOWN_MS);
    const lines = (await vscode.workspace.openTextDocument(uri)).getText().split('\n');
    assert.deepEqual(
      [lines.length, lines[0], lines[50_000], lines[99_999]],
      [100_001, 'line 0', 'line 50000', 'line 99999'],
    );
    assert.equal(vscode.workspace.fs.isWritableFileSystem('holdfast-output'), false);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, new Uint8Array(1)));
  });

  it('grows in that document while the code runs', async () => {
    const editor = await openUntitled('python', 'import time\nwhile True: print("tick"); time.sleep(0.2)');
    await runLine(editor, 0);
    await runLine(editor, 1);
    await expectInline(editor, 1, /running|tick/);
    await eventually(async () => {
      const output = (await holdfast()).results().at(-1)?.output ?? '';
      assert.ok(output.startsWith('tick\n'));
    }, SHOWN_MS);
    await vscode.commands.executeCommand('holdfast.openOutput');
    const document = await eventually(() => {
      const found = vscode.workspace.textDocuments.find(
        ({ uri }) => uri.scheme === 'holdfast-output' && !uri.path.includes('line'),
      );
      assert.ok(found);
      return found;
    }, SHOWN_MS);
    const first = document.lineCount;
    await eventually(() => assert.ok(document.lineCount > first), SHOWN_MS);
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await eventually(async () => assert.equal((await holdfast()).results().at(-1)?.status, 'cancelled'), SHOWN_MS);
  });

  it('is an editor with the results, once', async () => {
    const api = await holdfast();
    const opened = new Promise<void>((resolve) => {
      const listening = api.onDidOpenResults(() => {
        listening.dispose();
        resolve();
      });
    });
    await vscode.commands.executeCommand('holdfast.openResultsInEditor');
    await opened;
    assert.equal(shown('holdfast.resultsEditor'), 1);
    await openUntitled('python', '1');
    await vscode.commands.executeCommand('holdfast.openResultsInEditor');
    await eventually(() => assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'Holdfast Results'));
    assert.equal(shown('holdfast.resultsEditor'), 1);
  });

  it('is a data grid, one for each value', async () => {
    const editor = await openUntitled('python', 'rows = [{"a": 1}, {"a": 2}]; other = [1]');
    await runLine(editor, 0);
    await expectInline(editor, 0, '✓');
    const { sessionId } = (await holdfast()).sessions().find(({ language }) => language === 'python') ?? {};
    const open = (expression: string) =>
      vscode.commands.executeCommand('holdfast.openDataGrid', { sessionId, target: { expression, path: [] } });
    await open('rows');
    await eventually(() => assert.equal(shown('holdfast.dataGrid'), 1));
    await open('rows');
    await open('other');
    await eventually(() => assert.equal(shown('holdfast.dataGrid'), 2));
  });

  it('is a file, whose place the person chooses', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.ok(folder);
    const file = path.join(folder, 'value.txt');
    const settings = vscode.workspace.getConfiguration('files');
    // A dialog of the workbench: one of the system could not be answered here.
    await settings.update('simpleDialog.enable', true, vscode.ConfigurationTarget.Global);
    try {
      const editor = await openUntitled('python', '"a" * 30');
      await runLine(editor, 0);
      await expectInline(editor, 0, /aaa/);
      const saved = vscode.commands.executeCommand('holdfast.saveResult');
      await eventually(async () => {
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        assert.equal(await readFile(file, 'utf8'), `'${'a'.repeat(30)}'`);
      }, SHOWN_MS);
      await saved;
    } finally {
      await settings.update('simpleDialog.enable', undefined, vscode.ConfigurationTarget.Global);
      await rm(file, { force: true });
    }
  });
});
