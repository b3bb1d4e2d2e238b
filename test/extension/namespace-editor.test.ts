import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

async function hoverAt(editor: vscode.TextEditor, line: number, character: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    editor.document.uri,
    new vscode.Position(line, character),
  );
  // A language server says something of its own.
  const ours = hovers
    .flatMap(({ contents }) => contents)
    .filter((content) => content instanceof vscode.MarkdownString)
    .filter(({ value }) => /^```+text\n/.test(value));
  assert.ok(ours.every(({ isTrusted, supportHtml }) => !isTrusted && !supportHtml));
  return ours.map(({ value }) => value).join('\n---\n');
}

/** Types a text at the end and asks for what completes it. */
async function completionsOf(editor: vscode.TextEditor, text: string): Promise<vscode.CompletionItem[]> {
  const { document } = editor;
  const start = document.lineAt(document.lineCount - 1).range.end;
  await editor.edit((edit) => edit.insert(start, `\n${text}`));
  const end = document.lineAt(document.lineCount - 1).range.end;
  const found = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    end,
  );
  await editor.edit((edit) => edit.delete(new vscode.Range(start, end)));
  return found.items;
}

const labelOf = ({ label }: vscode.CompletionItem) => (typeof label === 'string' ? label : label.label);

const CODE = {
  python: [
    'class Point:\n    def __init__(self): self.left, self.right = 1, {"deep": 2}',
    'point = Point(); table = {"alpha": [1, 2], "be\\"ta": 2, "\\u202egamma": 3}; 1',
    'point.right["deep"] + len(table["alpha"]) # point',
  ],
  javascript: [
    'class Point { constructor() { this.left = 1; this.right = { deep: 2 } } }',
    'var point = new Point(); var table = { alpha: [1, 2], \'be"ta\': 2, "\\u202egamma": 3 }; 1',
    'point.right["deep"] + table["alpha"].length // point',
  ],
};

for (const language of ['python', 'javascript'] as const) {
  describe(`live values in ${language}`, () => {
    let editor: vscode.TextEditor;
    let last = 0;

    before('run code', async () => {
      await closeAllEditors();
      editor = await openUntitled(language, CODE[language].join('\n'));
      last = editor.document.lineCount - 1;
      for (const line of language === 'python' ? [0, 2, 3] : [0, 1, 2]) await runLine(editor, line);
      await expectInline(editor, last, '4');
    });

    after(async () => {
      for (const { sessionId } of (await holdfast()).sessions())
        await vscode.commands.executeCommand('holdfast.killSession', { sessionId });
      await closeAllEditors();
    });

    it('show where one points at a name, an attribute or a key', async () => {
      assert.match(await hoverAt(editor, last, 1), /^```+text\npoint: Point[^\n]*\n/m);
      assert.match(await hoverAt(editor, last, 8), /point\.right: \w+[^\n]*\n[^`]*deep/);
      assert.match(await hoverAt(editor, last, 14), /point\.right\["deep"\]: \w+\n2\n/);
    });

    it('do not show in comments, nor for names that the session does not have', async () => {
      const line = editor.document.lineAt(last).text;
      assert.equal(await hoverAt(editor, last, line.lastIndexOf('point') + 1), '');
      assert.doesNotMatch(await hoverAt(editor, last, line.indexOf('len') + 1), /text\nlen/);
    });

    it('do not show when that is switched off', async () => {
      const settings = vscode.workspace.getConfiguration('holdfast');
      await settings.update('hover.enabled', false, vscode.ConfigurationTarget.Global);
      await settings.update('completion.enabled', false, vscode.ConfigurationTarget.Global);
      try {
        assert.doesNotMatch(await hoverAt(editor, last, 1), /text\npoint/);
        assert.ok(!(await completionsOf(editor, 'point.')).some(({ sortText }) => sortText?.startsWith('~0')));
      } finally {
        await settings.update('hover.enabled', undefined, vscode.ConfigurationTarget.Global);
        await settings.update('completion.enabled', undefined, vscode.ConfigurationTarget.Global);
      }
    });

    it('complete attributes, names and keys', async () => {
      // A machine under load may answer later than the editor waits.
      await eventually(async () => {
        const attributes = (await completionsOf(editor, 'point.')).filter(({ sortText }) => sortText?.startsWith('~'));
        assert.ok(['left', 'right'].every((name) => attributes.some((item) => labelOf(item) === name)));
      });
      await eventually(async () => {
        const [left] = (await completionsOf(editor, 'point.le')).filter(({ sortText }) => sortText?.startsWith('~'));
        assert.equal(left && labelOf(left), 'left');
      });
      const names = await completionsOf(editor, 'poi');
      const point = names.find(({ label }) => typeof label === 'object' && label.label === 'point');
      assert.ok(point && typeof point.label === 'object');
      assert.equal(point.label.description, 'Point');
    });

    it('complete keys with what a string needs, and nothing hidden in it', async () => {
      await eventually(async () => {
        const keys = (await completionsOf(editor, 'table[')).filter(({ sortText }) => sortText?.startsWith('!'));
        assert.deepEqual(keys.map(({ insertText }) => insertText).sort(), ['"\\u202egamma"', '"alpha"', '"be\\"ta"']);
        assert.ok(keys.every((item) => !labelOf(item).includes('\u202e')));
      });
      await eventually(async () => {
        const keys = (await completionsOf(editor, 'table["al')).filter(({ sortText }) => sortText?.startsWith('!'));
        assert.deepEqual(
          keys.map(({ insertText }) => insertText),
          ['alpha"'],
        );
      });
    });
  });
}
