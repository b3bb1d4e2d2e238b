import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, holdfast } from './support/holdfast.ts';
import { activeNotebook, closeNotebook, notebookText } from './support/notebook.ts';

const SCRIPT = `import math

# %% [markdown]
# # Circles

# %% Area
math.pi * 2 ** 2
`;

describe('scripts and notebooks', function () {
  // The first notebook of a window takes its time on a busy machine.
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    await holdfast();
    folder = await mkdtemp(path.join(os.tmpdir(), 'hf-notebooks-'));
  });
  afterEach(closeAllEditors);
  after(() => rm(folder, { recursive: true, force: true }));

  const file = (name: string) => vscode.Uri.file(path.join(folder, name));

  it('become each other, and what was written is open', async () => {
    await writeFile(file('circles.py').fsPath, SCRIPT);
    const argument = { uri: file('circles.py'), target: file('circles.ipynb') };
    await vscode.commands.executeCommand('holdfast.exportNotebook', argument);
    const { notebook } = await activeNotebook(argument.target);
    assert.deepEqual(
      notebook.getCells().map(({ document, kind }) => [document.languageId, kind, document.getText()]),
      [
        ['python', vscode.NotebookCellKind.Code, 'import math'],
        ['markdown', vscode.NotebookCellKind.Markup, '# Circles'],
        ['python', vscode.NotebookCellKind.Code, 'math.pi * 2 ** 2'],
      ],
    );
    const back = { uri: argument.target, target: file('back.py') };
    await vscode.commands.executeCommand('holdfast.importNotebook', back);
    await eventually(() => assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, back.target.fsPath));
    assert.equal(await readFile(back.target.fsPath, 'utf8'), SCRIPT);
  });

  it('say of a notebook that VS Code has changed and saved the same again', async () => {
    await writeFile(file('saved.py').fsPath, SCRIPT);
    await vscode.commands.executeCommand('holdfast.exportNotebook', {
      uri: file('saved.py'),
      target: file('saved.ipynb'),
    });
    const editor = await activeNotebook(file('saved.ipynb'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(editor.notebook.cellAt(0).document.uri, new vscode.Position(0, 11), ', sys');
    await vscode.workspace.applyEdit(edit);
    await closeNotebook(editor);
    const back = { uri: file('saved.ipynb'), target: file('saved-back.py') };
    await vscode.commands.executeCommand('holdfast.importNotebook', back);
    assert.equal(await readFile(back.target.fsPath, 'utf8'), SCRIPT.replace('math\n', 'math, sys\n'));
  });

  it('are not written from a notebook with changes that are not saved', async () => {
    await writeFile(file('open.ipynb').fsPath, notebookText([['python', '1']]));
    const notebook = await vscode.workspace.openNotebookDocument(file('open.ipynb'));
    await vscode.window.showNotebookDocument(notebook);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(notebook.cellAt(0).document.uri, new vscode.Position(0, 0), '2');
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand('holdfast.importNotebook', {
      uri: file('open.ipynb'),
      target: file('open.py'),
    });
    await assert.rejects(readFile(file('open.py').fsPath), { code: 'ENOENT' });
    await notebook.save();
  });
});
