import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Prompt } from '../../backend/protocol/client/index.ts';
import type { PromptsRow } from '../../extension/views/prompts/rows.ts';
import type { ShownRow } from '../../extension/views/shown-row.ts';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

describe('the Prompts & Grants view', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await closeAllEditors();
  });

  const api = () => holdfast();

  async function waiting(): Promise<readonly ShownRow<PromptsRow>[]> {
    const { promptRows } = await api();
    const group = promptRows().find(({ row }) => row.kind === 'group' && row.id === 'prompts');
    return group ? promptRows(group.row) : [];
  }

  async function waitingOnes(count: number): Promise<readonly ShownRow<PromptsRow>[]> {
    return eventually(async () => {
      const rows = await waiting();
      assert.equal(rows.length, count);
      assert.equal((await api()).promptsBadge(), count);
      return rows;
    });
  }

  const promptOf = ({ row }: ShownRow<PromptsRow>): Prompt =>
    row.kind === 'prompt' ? row.prompt : assert.fail('not a prompt');

  it('lists a question with the line that asks, speaks it, and counts it in its badge', async () => {
    const editor = await openUntitled('python', 'approve("Delete 3 rows?")');
    await runLine(editor, 0);
    const [row] = await waitingOnes(1);
    assert.ok(row);
    assert.equal(row.label, 'Delete 3 rows?');
    assert.match(row.description, /:1 · python$/);
    assert.match(row.spoken, /:1 asks: Delete 3 rows\?$/);
    assert.equal(row.context, 'prompt decidable placed cancellable');
    await vscode.commands.executeCommand('holdfast.allowPrompt', row.row);
    await expectInline(editor, 0, 'True');
    await waitingOnes(0);
  });

  it('answers with no by Deny, and refuses a question that has no yes or no', async () => {
    const editor = await openUntitled('python', 'approve("Sure?")\ninput("Name? ")');
    await runLine(editor, 0);
    await waitingOnes(1);
    await vscode.commands.executeCommand('holdfast.denyPrompt');
    await expectInline(editor, 0, 'False');
    await runLine(editor, 1);
    const [row] = await waitingOnes(1);
    assert.equal(row?.context, 'prompt placed cancellable');
    await vscode.commands.executeCommand('holdfast.denyPrompt', row?.row);
    await waitingOnes(1);
  });

  it('cancels the execution of a question', async () => {
    const editor = await openUntitled('python', 'approve("Sure?")');
    await runLine(editor, 0);
    const [row] = await waitingOnes(1);
    await vscode.commands.executeCommand('holdfast.cancelExecution', row?.row);
    await expectInline(editor, 0, 'cancelled');
    await waitingOnes(0);
  });

  it('marks the line that asks in the middle of a cell, follows it through edits, and goes there', async () => {
    const code = 'def ask():\n    return input("Who? ")\n';
    const editor = await openUntitled('python', `${code}\nask()`);
    await runLine(editor, 0);
    await expectInline(editor, 1, '✓');
    await runLine(editor, 3);
    const [row] = await waitingOnes(1);
    const marks = async () => (await api()).askingLines(editor.document.uri);
    const [mark] = await eventually(async () => {
      const found = await marks();
      assert.equal(found.length, 1);
      return found;
    });
    assert.ok(row && mark);
    assert.deepEqual(mark.promptIds, [promptOf(row).promptId]);
    assert.equal(promptOf(row).location?.line, mark.line + 1);
    await vscode.commands.executeCommand('holdfast.goToPrompt', row.row);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, mark.line);
    await (await api()).answerPrompt(promptOf(row).promptId, 'me');
    await expectInline(editor, 3, "'me'");
    await eventually(async () => assert.deepEqual(await marks(), []));
  });

  it('shows several questions at once, each of which can be answered first', async () => {
    const code = 'import asyncio\nawait asyncio.gather(*(input.aio(f"{n}?") for n in "abc"))';
    const editor = await openUntitled('python', code);
    await runLine(editor, 0);
    await runLine(editor, 1);
    const rows = await waitingOnes(3);
    assert.deepEqual(rows.map(({ label }) => label).toSorted(), ['a?', 'b?', 'c?']);
    await eventually(async () => assert.match((await api()).statusBarText(), /3 questions wait/));
    for (const row of rows.toReversed()) {
      await (await api()).answerPrompt(promptOf(row).promptId, row.label.toUpperCase());
    }
    await expectInline(editor, 1, "['A?', 'B?', 'C?']");
    await waitingOnes(0);
  });
});
