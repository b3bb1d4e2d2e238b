import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { changeSetting, closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

async function shownIn({ document }: vscode.TextEditor): Promise<string[]> {
  return (await holdfast()).inlineResults(document.uri).map(({ mark, text }) => mark + text);
}

async function runSelected(editor: vscode.TextEditor, line: number, start: number, end: number): Promise<void> {
  editor.selection = new vscode.Selection(line, start, line, end);
  await vscode.commands.executeCommand('holdfast.runSelection');
}

describe('inline results', () => {
  afterEach(closeAllEditors);

  it('are drawn anew at once when their length changes', async () => {
    const editor = await openUntitled('python', '"ab" * 100');
    await runLine(editor, 0);
    await expectInline(editor, 0, /^'abab.{90,}…$/);
    await changeSetting('inlineResults.maxLength', 20);
    await expectInline(editor, 0, /^.{19}…$/);
  });

  it('say only whether it went well, or nothing, by the mode, which takes effect at once', async () => {
    const editor = await openUntitled('python', '6 * 7\n1 / 0');
    await runLine(editor, 0);
    await runLine(editor, 1);
    await eventually(async () =>
      assert.deepEqual(await shownIn(editor), ['→ 42', '✗ ZeroDivisionError: division by zero']),
    );
    await changeSetting('inlineResults.mode', 'checkmark');
    await eventually(async () => assert.deepEqual(await shownIn(editor), ['✓', '✗']));
    await changeSetting('inlineResults.mode', 'panel');
    await eventually(async () => assert.deepEqual(await shownIn(editor), []));
    assert.equal(vscode.languages.getDiagnostics(editor.document.uri).length, 1);
    await changeSetting('inlineResults.mode', 'both');
    await eventually(async () => assert.equal((await shownIn(editor))[0], '→ 42'));
  });

  it('of parts of a line stand beside each other, and give way to one of the whole line', async () => {
    const editor = await openUntitled('python', '(1 + 1), (2 + 2)');
    await runSelected(editor, 0, 9, 16);
    await expectInline(editor, 0, '4');
    await runSelected(editor, 0, 0, 7);
    await eventually(async () => assert.deepEqual(await shownIn(editor), ['→ 2', '→ 4']));
    await runLine(editor, 0);
    await eventually(async () => assert.deepEqual(await shownIn(editor), ['→ (2, 4)']));
  });

  it('leave code its room: behind a long line they are shorter', async () => {
    const editor = await openUntitled('python', `"ab" * 100  # ${'-'.repeat(80)}`);
    await runLine(editor, 0);
    const { text } = await expectInline(editor, 0, /…$/);
    assert.equal(text.length, 100 - (editor.document.lineAt(0).text.length - 60));
  });

  it('turn while code runs', async () => {
    const editor = await openUntitled('python', 'import time\ntime.sleep(1.2)');
    await runLine(editor, 0);
    await runLine(editor, 1);
    const marks = new Set<string>();
    await eventually(async () => {
      const result = (await holdfast()).inlineResults(editor.document.uri).find(({ line }) => line === 1);
      if (result?.kind === 'pending') marks.add(result.mark);
      assert.ok(marks.size > 2, [...marks].join());
    });
    await expectInline(editor, 1, '✓');
  });

  it('say in the hover that their code has been edited', async () => {
    const editor = await openUntitled('python', '6 * 7');
    await runLine(editor, 0);
    assert.doesNotMatch((await expectInline(editor, 0, '42')).hover, /edited/);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 5), '0'));
    assert.match((await expectInline(editor, 0, '42')).hover, /has been edited/);
  });
});

describe('what the command line runs in a session that stays', () => {
  const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? assert.fail('no folder is open');
  const file = () => path.join(folder(), 'elsewhere.py');
  afterEach(async () => {
    await closeAllEditors();
    await rm(file(), { force: true });
  });

  async function run(): Promise<void> {
    const { extensionPath } = vscode.extensions.getExtension('holdfast.holdfast') ?? assert.fail('not installed');
    const args = [path.join(extensionPath, 'dist/cli.js'), 'run', file(), '--session', 'python'];
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    await promisify(execFile)(process.execPath, args, { cwd: folder(), env });
  }

  it('shows on its lines, unless they are others here', async () => {
    await writeFile(file(), '# %%\n6 * 7\n# %%\n"else" + "where"\n');
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file()));
    await editor.edit((edit) => edit.insert(new vscode.Position(3, 0), '_ = '));
    await run();
    await expectInline(editor, 1, '42');
    assert.deepEqual(await shownIn(editor), ['→ 42']);
    await editor.edit((edit) => edit.delete(new vscode.Range(3, 0, 3, 4)));
    await expectInline(editor, 3, "'elsewhere'");
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('shows when its file is opened later', async () => {
    await writeFile(file(), '[1, 2, 3]\n');
    await run();
    await expectInline(await vscode.window.showTextDocument(vscode.Uri.file(file())), 0, '[1, 2, 3]');
  });
});

describe('a program that wants to deceive', () => {
  afterEach(closeAllEditors);

  for (const [what, code, text] of [
    ['a line of a megabyte', '"x" * 1_000_000', /^'x{98}…$/],
    ['an ANSI bomb', 'print("\\x1b[31m" * 50_000 + "end")', /^…end$/],
    ['a pile of marks', '"a" + "\\u0301" * 10_000', /^'a\u0301{50,100}…$/],
    ['a right-to-left override', '"a\\u202egnp.exe"', /^'a\\u202egnp\.exe'$|\\u\{202e\}/],
    ['characters without width', 'print("a\\u200b\\u200d\\ufeffb")', /^a\\u\{200b\}\\u\{200d\}\\u\{feff\}b$/],
    ['a style sheet', `print("'; } * { display: none } /*")`, /^'; \} \* \{ display: none \} \/\*$/],
    ['a command link', 'print("[x](command:workbench.action.quit)")', /^\[x\]\(command:workbench\.action\.quit\)$/],
    ['a name of every object', '__proto__ = {"__proto__": 1}; __proto__', /^\{'__proto__': 1\}$/],
  ] as const) {
    it(`does not with ${what}`, async () => {
      const editor = await openUntitled('python', code);
      await runLine(editor, 0);
      const result = await expectInline(editor, 0, text);
      assert.ok(result.text.length <= 110, `${result.text.length}`);
      assert.ok(result.hover.length < 8000, `${result.hover.length}`);
      const outside = result.hover.replaceAll(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
      for (const [, command] of outside.matchAll(/\]\(([^?)]*)/g)) assert.match(command ?? '', /^command:holdfast\./);
    });
  }
});
