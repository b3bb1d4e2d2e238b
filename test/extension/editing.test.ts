import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  closeAllEditors,
  expectInline,
  holdfast,
  inlineAt,
  openUntitled,
  putCursor,
  runLine,
} from './support/holdfast.ts';

const insert = (editor: vscode.TextEditor, line: number, character: number, text: string) =>
  editor.edit((edit) => edit.insert(new vscode.Position(line, character), text));

describe('inline results and edits', () => {
  afterEach(closeAllEditors);

  it('follow their line when lines above it come and go', async () => {
    const editor = await openUntitled('python', 'a = 1\n6 * 7');
    await runLine(editor, 1);
    await expectInline(editor, 1, '42');
    await insert(editor, 0, 0, '# one\n# two\n');
    assert.equal((await inlineAt(editor, 3))?.text, '42');
    await editor.edit((edit) => edit.delete(new vscode.Range(0, 0, 1, 0)));
    const result = await inlineAt(editor, 2);
    assert.deepEqual([result?.text, result?.stale], ['42', false]);
  });

  it('become stale when their code is edited, and are not when the edit is taken back', async () => {
    const editor = await openUntitled('python', '6 * 7');
    await runLine(editor, 0);
    await expectInline(editor, 0, '42');
    await insert(editor, 0, 5, '0');
    const edited = await inlineAt(editor, 0);
    assert.deepEqual([edited?.text, edited?.stale], ['42', true]);
    await editor.edit((edit) => edit.delete(new vscode.Range(0, 5, 0, 6)));
    assert.equal((await inlineAt(editor, 0))?.stale, false);
  });

  it('go with their code, and with a command', async () => {
    const editor = await openUntitled('python', '1\n2\n3');
    for (const line of [0, 1, 2]) await runLine(editor, line);
    await expectInline(editor, 2, '3');
    await editor.edit((edit) => edit.delete(new vscode.Range(0, 0, 1, 0)));
    const api = await holdfast();
    assert.deepEqual(
      api.inlineResults(editor.document.uri).map(({ text }) => text),
      ['2', '3'],
    );
    await vscode.commands.executeCommand('holdfast.clearInlineResults');
    assert.deepEqual(api.inlineResults(editor.document.uri), []);
  });

  it('show the newest of several runs of a line', async () => {
    const editor = await openUntitled('python', 'import itertools; count = itertools.count(1)\nnext(count)');
    await runLine(editor, 0);
    for (const _ of [1, 2, 3]) await runLine(editor, 1);
    await expectInline(editor, 1, '3');
  });

  it('show a statement of several lines at its last line', async () => {
    const editor = await openUntitled('python', 'sum([\n  1,\n  2,\n])\n\ndef f():\n    return 5\n\nf()');
    await runLine(editor, 1);
    await expectInline(editor, 3, '3');
    await runLine(editor, 5);
    await expectInline(editor, 6, '✓');
    await runLine(editor, 7);
    await expectInline(editor, 8, '5');
  });
});

describe('what is run', () => {
  afterEach(closeAllEditors);

  it('is an indented selection, from wherever in its indentation it starts', async () => {
    const editor = await openUntitled('python', 'if True:\n    a = 20\n    b = 1\n    a + b');
    for (const character of [0, 4]) {
      editor.selection = new vscode.Selection(1, character, 3, 9);
      await vscode.commands.executeCommand('holdfast.runSelection');
      await expectInline(editor, 3, '21');
    }
  });

  it('is code with Windows line ends', async () => {
    const editor = await openUntitled('python', 'text = """one\ntwo"""\nlen(text)');
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    editor.selection = new vscode.Selection(0, 0, 2, 9);
    await vscode.commands.executeCommand('holdfast.runSelection');
    await expectInline(editor, 2, '7');
  });

  it('is a file with a byte order mark', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const uri = vscode.Uri.joinPath(folder, 'mark.ts');
    await vscode.workspace.fs.writeFile(
      uri,
      new TextEncoder().encode('\ufeffconst marked: string = "yes"\r\nmarked\r\n'),
    );
    const editor = await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand('holdfast.runFile');
    await expectInline(editor, 1, "'yes'");
    await vscode.workspace.fs.delete(uri);
  });

  it('is a cell, and the cursor goes on to the next', async () => {
    const editor = await openUntitled('python', '# %% one\nx = 1\nx + 1\n\n# %% two\nx + 2\n');
    putCursor(editor, 1);
    await vscode.commands.executeCommand('holdfast.runCellAndAdvance');
    await expectInline(editor, 2, '2');
    assert.equal(editor.selection.active.line, 5);
    await vscode.commands.executeCommand('holdfast.runCell');
    await expectInline(editor, 5, '3');
  });

  it('names an untitled file in its errors', async () => {
    const editor = await openUntitled('python', '\n1 / 0');
    await runLine(editor, 1);
    const result = await expectInline(editor, 1, 'ZeroDivisionError: division by zero');
    assert.match(result.hover, /File "<cell-\d+>", line 2/);
  });

  for (const [name, language, content] of [
    ['a blank document', 'python', '\n  \n'],
    ['another language', 'markdown', 'text'],
    ['a binary document', 'python', 'a = "\0"'],
  ] as const) {
    it(`is not ${name}`, async () => {
      const editor = await openUntitled(language, content);
      const api = await holdfast();
      const before = api.results().length;
      await vscode.commands.executeCommand('holdfast.runFile');
      assert.deepEqual(api.inlineResults(editor.document.uri), []);
      assert.equal(api.results().length, before);
    });
  }

  it('is not a selection of white space', async () => {
    const editor = await openUntitled('python', '1\n   \n2');
    editor.selection = new vscode.Selection(1, 0, 1, 3);
    await vscode.commands.executeCommand('holdfast.runSelection');
    assert.equal(await inlineAt(editor, 1), undefined);
  });
});
