import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import {
  closeAllEditors,
  expectInline,
  holdfast,
  inlineAt,
  openUntitled,
  putCursor,
  runLine,
} from './support/holdfast.ts';

const NOTEBOOK = [
  'log = []',
  '# %% [markdown]',
  '# Only words',
  '# %% one',
  'log.append(1); log',
  '',
  '# %% two',
  'log.append(2)',
  'log',
  '# %% three',
  'log.append(3); log',
].join('\n');

const run = (command: string, argument?: unknown) => vscode.commands.executeCommand(`holdfast.${command}`, argument);
const cursor = (editor: vscode.TextEditor) => editor.selection.active.line;

describe('what is run of a file', () => {
  afterEach(closeAllEditors);

  it('is a statement with its decorators and branches, beside code that does not parse', async () => {
    const editor = await openUntitled(
      'python',
      'def broken(:\n\ndef twice(f):\n    return lambda: 2 * f()\n\n@twice\ndef f():\n    return 21\n\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    print("caught")\n\nf()',
    );
    for (const line of [2, 7]) await runLine(editor, line);
    await expectInline(editor, 7, '✓');
    await runLine(editor, 12);
    await expectInline(editor, 12, 'caught');
    await runLine(editor, 13);
    await expectInline(editor, 14, '42');
  });

  it('is a statement of TypeScript with its overloads and templates', async () => {
    const editor = await openUntitled(
      'typescript',
      'function f(a: string): string\nfunction f(a: number): number\nfunction f(a: unknown) {\n  return `\n// %%\n`\n}\nf("a").length',
    );
    await runLine(editor, 0);
    await expectInline(editor, 6, '✓');
    await runLine(editor, 7);
    await expectInline(editor, 7, '7');
  });

  it('is every statement that has a cursor, from top to bottom', async () => {
    const editor = await openUntitled('python', 'a = 1\nb = [\n  a,\n]\nb + [2]');
    editor.selections = [4, 2, 1, 0].map((line) => new vscode.Selection(line, 0, line, 0));
    await run('runSelection');
    await expectInline(editor, 4, '[1, 2]');
    const api = await holdfast();
    assert.deepEqual(
      api.inlineResults(editor.document.uri).map(({ line }) => line),
      [0, 3, 4],
    );
  });

  it('is a statement, and the cursor goes on to the next', async () => {
    const editor = await openUntitled('python', 'a = [\n  1,\n]\n\n# then\nlen(a)');
    putCursor(editor, 0);
    await run('runSelectionAndAdvance');
    assert.equal(cursor(editor), 5);
    await run('runSelectionAndAdvance');
    await expectInline(editor, 5, '1');
  });

  it('is every cell with code, one after the other', async () => {
    const editor = await openUntitled('python', NOTEBOOK);
    await run('runAllCells');
    await expectInline(editor, 4, '[1]');
    await expectInline(editor, 8, '[1, 2]');
    await expectInline(editor, 10, '[1, 2, 3]');
    assert.equal(await inlineAt(editor, 2), undefined);
  });

  it('is what stands above the cell, then the cell and what stands below it', async () => {
    const editor = await openUntitled('python', NOTEBOOK);
    putCursor(editor, 7);
    await run('runCellsAbove');
    await expectInline(editor, 4, '[1]');
    assert.equal(await inlineAt(editor, 8), undefined);
    await run('runCellsBelow');
    await expectInline(editor, 8, '[1, 2]');
    await expectInline(editor, 10, '[1, 2, 3]');
  });

  it('is what stands above a line with its statement, then what stands below', async () => {
    const editor = await openUntitled('python', NOTEBOOK);
    putCursor(editor, 7);
    await run('runToLine');
    await expectInline(editor, 7, '✓');
    putCursor(editor, 8);
    await run('runFromLine');
    await expectInline(editor, 8, '[1, 2]');
    await expectInline(editor, 10, '[1, 2, 3]');
  });

  it('ends at a cell that fails', async () => {
    const editor = await openUntitled('python', '# %%\nran = [1]\n# %%\n1 / 0\n# %%\nran.append(3)\n');
    await run('runAllCells');
    await expectInline(editor, 3, 'ZeroDivisionError: division by zero');
    await eventually(async () => assert.equal((await inlineAt(editor, 5))?.kind, 'cancelled'));
    await editor.edit((edit) => edit.insert(new vscode.Position(6, 0), 'ran'));
    await runLine(editor, 6);
    await expectInline(editor, 6, '[1]');
  });

  it('is none of a blank file', async () => {
    const editor = await openUntitled('python', '# %%\n\n# %% [markdown]\n# text');
    for (const command of ['runAllCells', 'runCell', 'runCellsAbove', 'runToLine', 'runFromLine']) await run(command);
    assert.deepEqual((await holdfast()).inlineResults(editor.document.uri), []);
  });
});

describe('cells in the editor', () => {
  const configuration = () => vscode.workspace.getConfiguration('holdfast');
  const set = (name: string, value: unknown) => configuration().update(name, value, vscode.ConfigurationTarget.Global);

  afterEach(async () => {
    for (const name of ['codeLens', 'separators', 'regions']) await set(`cells.${name}`, undefined);
    await closeAllEditors();
  });

  const lenses = async ({ document }: vscode.TextEditor) => {
    const all = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
    return all.filter(({ command }) => command?.command.startsWith('holdfast.'));
  };
  const titles = async (editor: vscode.TextEditor) =>
    (await lenses(editor)).map(({ range, command }) => `${range.start.line} ${command?.title}`);

  it('have links that run them', async () => {
    const editor = await openUntitled('python', NOTEBOOK);
    assert.deepEqual(await titles(editor), [
      ...['0 Run Cell', '0 Run Below'],
      ...['3 Run Cell', '3 Run Above', '3 Run Below'],
      ...['6 Run Cell', '6 Run Above', '6 Run Below'],
      ...['9 Run Cell', '9 Run Above'],
    ]);
    putCursor(editor, 10);
    for (const { range, command } of await lenses(editor)) {
      if (range.start.line !== 0 && (range.start.line !== 3 || command?.title !== 'Run Cell')) continue;
      if (command?.title === 'Run Cell')
        await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
    }
    await expectInline(editor, 4, '[1]');
    assert.equal(await inlineAt(editor, 10), undefined);
  });

  it('have none when the setting or the file has none', async () => {
    const editor = await openUntitled('python', NOTEBOOK);
    await set('cells.codeLens', false);
    await eventually(async () => assert.deepEqual(await titles(editor), []));
    assert.deepEqual(await titles(await openUntitled('python', 'a = 1\nb = 2')), []);
  });

  it('are regions when the setting says so, a region in a region, too', async () => {
    const editor = await openUntitled(
      'typescript',
      '//#region one\nlet a = 1\n//#region two\na++\n//#endregion\n//#endregion',
    );
    assert.deepEqual(await titles(editor), []);
    await set('cells.regions', true);
    await eventually(async () => assert.deepEqual(await titles(editor), ['0 Run Cell', '2 Run Cell']));
    await runLine(editor, 1);
    await expectInline(editor, 1, '✓');
    putCursor(editor, 3);
    await run('runCell');
    await expectInline(editor, 4, '1');
    assert.equal((await inlineAt(editor, 5))?.text, undefined);
  });

  it('are separated as the setting says, around the cursor', async () => {
    const editor = await openUntitled('python', NOTEBOOK);
    const api = await holdfast();
    const separators = () =>
      api.cellSeparators(editor.document.uri).map(({ line, active }) => `${line}${active ? '!' : ''}`);
    putCursor(editor, 4);
    assert.deepEqual(separators(), ['1', '3!', '6!', '9']);
    await set('cells.separators', 'current');
    assert.deepEqual(separators(), ['3!', '6!']);
    await set('cells.separators', 'off');
    assert.deepEqual(separators(), []);
  });

  it('are visited, selected and added', async () => {
    const editor = await openUntitled('python', NOTEBOOK);
    putCursor(editor, 0);
    const visited: number[] = [];
    for (let step = 0; step < 5; step++) {
      await run('goToNextCell');
      visited.push(cursor(editor));
    }
    assert.deepEqual(visited, [2, 4, 7, 10, 10]);
    await run('goToPreviousCell');
    assert.equal(cursor(editor), 7);
    await run('selectCell');
    assert.deepEqual([editor.selection.start.line, editor.selection.end.line], [6, 8]);
    await run('insertCellBelow');
    const line = cursor(editor);
    assert.equal(editor.document.lineAt(line - 1).text, '# %%');
    assert.equal(editor.document.lineAt(line).text, '');
    assert.equal(editor.document.lineAt(line + 2).text, '# %% three');
  });

  it('are not gone through where there are none', async () => {
    const editor = await openUntitled('python', 'a = 1\nb = 2');
    putCursor(editor, 1);
    await run('goToNextCell');
    assert.equal(cursor(editor), 1);
  });
});
