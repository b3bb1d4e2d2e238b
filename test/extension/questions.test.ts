import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Prompt } from '../../backend/protocol/client/index.ts';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

describe('questions', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await closeAllEditors();
  });

  async function asked(language: string, code: string): Promise<{ editor: vscode.TextEditor; prompt: Prompt }> {
    const editor = await openUntitled(language, code);
    await runLine(editor, 0);
    const api = await holdfast();
    return { editor, prompt: await eventually(() => api.shownPrompt() ?? assert.fail('no question is shown')) };
  }

  const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const diffs = () => tabs().filter(({ input }) => input instanceof vscode.TabInputTextDiff);
  const reviews = () => vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'holdfast-prompt');

  for (const [kind, language, code, answer, value] of [
    ['approve', 'python', 'approve("Sure?")', true, 'True'],
    ['approve', 'javascript', 'await approve("Sure?")', false, 'false'],
    ['choose', 'python', 'choose("Which?", ["a", "b"])', [1], "'b'"],
    ['choose', 'javascript', 'await choose("Which?", ["a", "b"], { many: true })', [0, 1], "[ 'a', 'b' ]"],
  ] as const) {
    it(`to ${kind} in ${language} wait on the screen and go on with the answer ${JSON.stringify(answer)}`, async () => {
      const { editor, prompt } = await asked(language, code);
      assert.equal(prompt.form.kind, kind);
      await expectInline(editor, 0, 'waiting for input');
      const api = await holdfast();
      await api.answerPrompt(prompt.promptId, typeof answer === 'boolean' ? answer : [...answer]);
      await expectInline(editor, 0, value);
      assert.equal(api.shownPrompt(), undefined);
    });
  }

  it('that are put off stay open, are answered later, and their comparison is open as long as they are', async () => {
    const { editor, prompt } = await asked('python', 'approve("Change it?", diff=("a\\n", "b\\n", "x.py"))');
    const api = await holdfast();
    await eventually(() => assert.equal(diffs().length, 1));
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await eventually(() => assert.equal(api.shownPrompt(), undefined));
    assert.deepEqual([api.prompts().length, diffs().length], [1, 1]);
    await vscode.commands.executeCommand('holdfast.answerPrompt');
    await eventually(() => assert.equal(api.shownPrompt()?.promptId, prompt.promptId));
    await api.answerPrompt(prompt.promptId, false);
    await expectInline(editor, 0, 'False');
    await eventually(() => assert.equal(diffs().length, 0));
  });

  it('that are cancelled take their comparison with them', async () => {
    const { editor } = await asked('javascript', 'await approve("Go?", { diff: { before: "a", after: "b" } })');
    await eventually(() => assert.equal(diffs().length, 1));
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await expectInline(editor, 0, 'cancelled');
    await eventually(() => assert.equal(diffs().length, 0));
    assert.equal((await holdfast()).shownPrompt(), undefined);
  });

  it('for a review take the text as it was changed in the editor, and close it without asking', async () => {
    const { editor, prompt } = await asked('python', 'review("select 1", "Run this?", language="sql")');
    const document = await eventually(
      () => reviews().find(({ languageId }) => languageId === 'sql') ?? assert.fail('no SQL to be reviewed'),
    );
    assert.equal(document.getText(), 'select 1');
    const change = new vscode.WorkspaceEdit();
    change.insert(document.uri, new vscode.Position(0, 8), ' + 1');
    assert.ok(await vscode.workspace.applyEdit(change));
    const api = await holdfast();
    await api.answerPrompt(prompt.promptId, { approved: true, text: document.getText() });
    await expectInline(editor, 0, "'select 1 + 1'");
    await eventually(() => assert.ok(!tabs().some(({ label }) => label === 'review')));
  });

  it('stay on the screen after an answer that makes no sense', async () => {
    const { editor, prompt } = await asked('python', 'choose("Which?", ["a", "b"])');
    const api = await holdfast();
    await api.answerPrompt(prompt.promptId, [7]);
    assert.equal(api.shownPrompt()?.promptId, prompt.promptId);
    await api.answerPrompt(prompt.promptId, 'b');
    await expectInline(editor, 0, "'b'");
  });
});
