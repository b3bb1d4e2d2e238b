import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { changeSetting, closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

describe('executions', () => {
  afterEach(closeAllEditors);

  it('show the last line of their output, and keep all of it', async () => {
    const editor = await openUntitled(
      'python',
      'import sys\nprint("one"); print("two", file=sys.stderr); print("three", flush=True)',
    );
    await runLine(editor, 0);
    await runLine(editor, 1);
    await expectInline(editor, 1, /^(two|three)$/);
    const result = (await holdfast()).results().at(-1);
    assert.match(result?.output ?? '', /one\n[\s\S]*three\n/);
    assert.match(result?.output ?? '', /two\n/);
  });

  it('show an error on its line, with the traceback in the hover', async () => {
    const editor = await openUntitled('javascript', 'const none = null\nnone.field');
    await runLine(editor, 0);
    await runLine(editor, 1);
    const result = await expectInline(editor, 1, /^TypeError: Cannot read properties of null/);
    assert.equal(result.kind, 'error');
    assert.match(result.hover, /```text[\s\S]*TypeError/);
  });

  for (const [language, lines] of [
    ['python', ['turns = 0', 'while True: turns += 1', 'turns > 0']],
    ['javascript', ['let turns = 0', 'for (;;) turns++', 'turns > 0']],
  ] as const) {
    it(`of an endless ${language} loop are cancelled, and the variables are still there`, async () => {
      const editor = await openUntitled(language, lines.join('\n'));
      await runLine(editor, 0);
      await runLine(editor, 1);
      await expectInline(editor, 1, /^running/);
      await vscode.commands.executeCommand('holdfast.cancelExecution');
      await expectInline(editor, 1, 'cancelled');
      await runLine(editor, 2);
      await expectInline(editor, 2, /^[Tt]rue$/);
    });
  }

  it('are not all cancelled when a command names one in a way that is not understood', async () => {
    const editor = await openUntitled('python', 'while True: pass\n');
    await runLine(editor, 0);
    await expectInline(editor, 0, /running/);
    await vscode.commands.executeCommand('holdfast.cancelExecution', { executionId: 7 });
    assert.ok((await holdfast()).sessions().some(({ running }) => running !== null));
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await expectInline(editor, 0, /cancelled/);
  });

  it('that wait are cancelled by name, without the one that runs', async () => {
    const editor = await openUntitled('python', 'while True: pass\n1 + 1');
    await runLine(editor, 0);
    await runLine(editor, 1);
    await expectInline(editor, 0, /^running/);
    const waiting = await expectInline(editor, 1, 'queued');
    await vscode.commands.executeCommand('holdfast.cancelExecution', { executionId: waiting.executionId });
    await expectInline(editor, 1, 'cancelled');
    await expectInline(editor, 0, /^running/);
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await expectInline(editor, 0, 'cancelled');
  });

  it('show elapsed time from the first second on', async () => {
    const editor = await openUntitled('python', 'import time; time.sleep(1.6)');
    await runLine(editor, 0);
    await expectInline(editor, 0, /^running \d+ s$/);
    await expectInline(editor, 0, '✓');
  });

  it('ask, and go on with the answer', async () => {
    const editor = await openUntitled('python', 'name = input("Who? ")\nname');
    const api = await holdfast();
    await runLine(editor, 0);
    await expectInline(editor, 0, 'waiting for input');
    await eventually(() => assert.equal(api.shownPrompt()?.prompt, 'Who? '));
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await eventually(() => assert.equal(api.shownPrompt(), undefined));
    await expectInline(editor, 0, 'waiting for input');
    await vscode.commands.executeCommand('holdfast.answerPrompt');
    const prompt = api.shownPrompt();
    assert.ok(prompt);
    await api.answerPrompt(prompt.promptId, 'Ada');
    await expectInline(editor, 0, '✓');
    await eventually(() => assert.deepEqual([api.prompts().length, api.shownPrompt()], [0, undefined]));
    await runLine(editor, 1);
    await expectInline(editor, 1, "'Ada'");
  });

  it('take their question away when they are cancelled', async () => {
    const editor = await openUntitled('python', 'input("Still there? ")');
    const api = await holdfast();
    await runLine(editor, 0);
    await eventually(() => assert.ok(api.shownPrompt()));
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await expectInline(editor, 0, 'cancelled');
    await eventually(() => assert.deepEqual([api.prompts().length, api.shownPrompt()], [0, undefined]));
  });

  it('start with no variables after a restart', async () => {
    const editor = await openUntitled('python', 'gone = 1\ngone');
    const api = await holdfast();
    await runLine(editor, 0);
    await expectInline(editor, 0, '✓');
    await vscode.commands.executeCommand('holdfast.restartSession');
    await eventually(() => {
      const python = api.sessions().find(({ name }) => name === 'python');
      assert.ok(python);
      assert.deepEqual(api.namespace(python.sessionId).variables, []);
    });
    await runLine(editor, 1);
    await expectInline(editor, 1, "NameError: name 'gone' is not defined");
  });

  it('cannot put a link, a command or hidden text into what is shown', async () => {
    const hostile = '[run](command:workbench.action.quit) ```` </code> $(x) \u202egnp.exe \u200b \u001b[31mred \u0007';
    await changeSetting('inlineResults.maxLength', 200);
    const editor = await openUntitled('python', `print(${JSON.stringify(hostile)})`);
    await runLine(editor, 0);
    const result = await expectInline(editor, 0, /^\[run\]/);
    assert.ok(result.text.includes('\\u{202e}gnp.exe \\u{200b} red ␇'), result.text);
    const links = [...result.hover.matchAll(/\]\(([^)]*)\)/g)].map(([, target]) => target ?? '');
    const fence = /^(`{3,})text\n[\s\S]*?\n\1$/m.exec(result.hover);
    assert.equal(fence?.[1], '`````');
    assert.deepEqual(
      links.filter((target) => !target.startsWith('command:holdfast.')),
      ['command:workbench.action.quit'],
    );
    assert.ok(
      !result.hover.replace(fence?.[0] ?? '', '').includes('quit'),
      'The only other link is inside the code block.',
    );
  });

  it('are lost when the backend is killed, and the next run works', async () => {
    const editor = await openUntitled('python', 'while True: pass\n6 * 7');
    const api = await holdfast();
    await runLine(editor, 0);
    await expectInline(editor, 0, /^running/);
    const pid = api.backendPid();
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    const result = await expectInline(editor, 0, /^lost: /);
    assert.equal(result.kind, 'lost');
    await runLine(editor, 1);
    await expectInline(editor, 1, '42');
    assert.notEqual(api.backendPid(), pid);
  });

  it('see the variables of the last checkpoint when their backend was killed', async () => {
    await changeSetting('checkpoints.idleTime', 0.1);
    const editor = await openUntitled('python', 'kept_for_later = 41\nkept_for_later + 1');
    const before = checkpoints();
    await runLine(editor, 0);
    await eventually(() => assert.ok(checkpoints().some((file) => !before.includes(file))), 20_000);
    const pid = (await holdfast()).backendPid();
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await eventually(() => assert.throws(() => process.kill(pid, 0)));
    await runLine(editor, 1);
    await expectInline(editor, 1, '42');
  });
});

/** Of all backends of this test. */
function checkpoints(): string[] {
  return readdirSync(process.env['HOLDFAST_STATE_DIR'] ?? '', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.checkpoint'),
  );
}
