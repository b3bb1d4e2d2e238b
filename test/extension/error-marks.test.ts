import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, openUntitled, putCursor, runLine } from './support/holdfast.ts';

const marksIn = ({ document }: vscode.TextEditor) =>
  vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'Holdfast');

/** The text that is underlined, with its line. */
const underlined = (editor: vscode.TextEditor) =>
  marksIn(editor).map(({ range }) => `${range.start.line}: ${editor.document.getText(range)}`);

describe('lines that failed', () => {
  afterEach(closeAllEditors);

  it('are underlined, with the other frames beside the message', async () => {
    const editor = await openUntitled('python', 'def inner():\n    return 1 / 0\n\na = 1; b = inner()  # here');
    await runLine(editor, 0);
    await expectInline(editor, 1, '✓');
    await runLine(editor, 3);
    await expectInline(editor, 3, /^ZeroDivisionError/);
    await eventually(() => assert.match(underlined(editor).join('\n'), /^3: .*inner\(\) {2}# here$/));
    const [mark] = marksIn(editor);
    assert.deepEqual(
      [mark?.message, mark?.severity],
      ['ZeroDivisionError: division by zero', vscode.DiagnosticSeverity.Error],
    );
    const [frame] = mark?.relatedInformation ?? [];
    assert.deepEqual(
      [frame?.location.uri.toString(), frame?.location.range.start.line, frame?.message],
      [editor.document.uri.toString(), 1, 'in inner'],
    );
  });

  for (const [language, code, failing] of [
    ['python', '# %%\na = 1\n1 / 0\nb = 2\n', '2: 1 / 0'],
    ['python', '# %%\na = 1\nb = (\n', '2: ('],
    ['javascript', '// %%\nconst a = 1\nnull.field\nconst b = 2\n', '2: field'],
    ['typescript', '// %%\nconst a: number = 1\nconst = 2\n', '2: = 2'],
  ] as const) {
    it(`are the right ones of a ${language} cell: ${JSON.stringify(failing)}`, async () => {
      const editor = await openUntitled(language, code);
      putCursor(editor, 1);
      await vscode.commands.executeCommand('holdfast.runCell');
      await eventually(() => assert.deepEqual(underlined(editor), [failing]));
    });
  }

  it('are the last ones of their code when nothing says where it was', async () => {
    const editor = await openUntitled('javascript', '\n  throw "plain"');
    await runLine(editor, 1);
    await eventually(() => assert.deepEqual(underlined(editor), ['1: throw "plain"']));
  });

  it('follow edits, are not marked while their code is another one, and go with a run, with Escape and with their document', async () => {
    const editor = await openUntitled('python', '1 / 0');
    const { document } = editor;
    await runLine(editor, 0);
    await eventually(() => assert.deepEqual(underlined(editor), ['0: 1 / 0']));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# above\n'));
    await eventually(() => assert.deepEqual(underlined(editor), ['1: 1 / 0']));
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 5), '.5'));
    await eventually(() => assert.deepEqual(underlined(editor), []));
    await editor.edit((edit) => edit.delete(new vscode.Range(1, 5, 1, 7)));
    await eventually(() => assert.deepEqual(underlined(editor), ['1: 1 / 0']));
    await vscode.commands.executeCommand('holdfast.clearInlineResults');
    await eventually(() => assert.deepEqual(underlined(editor), []));
    await runLine(editor, 1);
    await eventually(() => assert.deepEqual(underlined(editor), ['1: 1 / 0']));
    await editor.edit((edit) => edit.replace(new vscode.Range(1, 4, 1, 5), '1'));
    await runLine(editor, 1);
    await expectInline(editor, 1, '1.0');
    assert.deepEqual(underlined(editor), []);
    await editor.edit((edit) => edit.replace(new vscode.Range(1, 4, 1, 5), '0'));
    await runLine(editor, 1);
    await eventually(() => assert.deepEqual(underlined(editor), ['1: 1 / 0']));
    await closeAllEditors();
    await eventually(() => assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []));
  });
});
