import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

describe('the results panel', () => {
  afterEach(closeAllEditors);

  it('opens its page and lists executions with value, error and place, in order', async () => {
    const api = await holdfast();
    const opened = new Promise<void>((resolve) => {
      const listening = api.onDidOpenResults(() => {
        listening.dispose();
        resolve();
      });
    });
    await vscode.commands.executeCommand('holdfast.showResults');
    await opened;
    const editor = await openUntitled('python', 'print("hello"); 7\n1 / 0');
    await runLine(editor, 0);
    await runLine(editor, 1);
    await expectInline(editor, 1, /^ZeroDivisionError/);
    const [value, error] = api.results().slice(-2);
    assert.deepEqual(
      [value?.status, value?.value, value?.output, value?.title],
      ['succeeded', '7', 'hello\n', 'print("hello"); 7'],
    );
    assert.equal(error?.status, 'failed');
    assert.match(error?.problem ?? '', /^Traceback[\s\S]*line 2[\s\S]*ZeroDivisionError: division by zero/);
    assert.match(error?.place ?? '', /^<cell-\d+>:2$/);
  });

  it('keeps the beginning and the end of a flood', async () => {
    const editor = await openUntitled('python', 'for n in range(200_000): print("line", n)');
    await runLine(editor, 0);
    await expectInline(editor, 0, 'line 199999');
    const api = await holdfast();
    await eventually(() => {
      const output = api.results().at(-1)?.output ?? '';
      assert.ok(output.startsWith('line 0\nline 1\n'));
      assert.ok(output.endsWith('line 199999\n'));
      assert.ok(output.length < 320_000);
    });
  });
});
