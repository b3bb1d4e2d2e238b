import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ToolName } from '../../extension/agents/agent-tools.ts';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

const NAMES = ['holdfast_runCode', 'holdfast_readOutput', 'holdfast_readVariables'];

describe('tools for language models', () => {
  const own = () => vscode.lm.tools.filter(({ name }) => name.startsWith('holdfast_')).map(({ name }) => name);

  before(holdfast);
  afterEach(async () => {
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await closeAllEditors();
  });

  const never = new vscode.CancellationTokenSource().token;
  const textOf = ({ content }: vscode.LanguageModelToolResult) =>
    content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');

  async function tool(name: ToolName) {
    return (await holdfast()).agentTool?.(name) ?? assert.fail('the extension does not run as under test');
  }

  /** As VS Code calls it after the person has agreed: nobody is there to be asked. */
  async function call(name: ToolName, input: object, token = never): Promise<string> {
    const result = await (await tool(name)).invoke({ input, toolInvocationToken: undefined }, token);
    return textOf(result ?? assert.fail('no result'));
  }

  const python = (code: string, more = {}) => call('holdfast_runCode', { language: 'python', code, ...more });

  it('are offered', () => assert.deepEqual(own().toSorted(), NAMES.toSorted()));

  it('ask the person before code runs, who sees it and nothing that is a link', async () => {
    const code = 'print("[click](command:workbench.action.quit)")';
    const prepared = await (await tool('holdfast_runCode')).prepareInvocation(
      { input: { language: 'python', code } },
      never,
    );
    assert.equal(prepared?.confirmationMessages?.title, 'Run Python code in the session?');
    const message = prepared?.confirmationMessages?.message;
    assert.ok(message instanceof vscode.MarkdownString && !message.isTrusted);
    assert.equal(message.value, `\`\`\`text\n${code}\n\`\`\``);
  });

  it('are called by VS Code, and refuse what their schema does not say', async () => {
    const invoke = (input: object) =>
      vscode.lm.invokeTool('holdfast_readVariables', { input, toolInvocationToken: undefined });
    await python('x = 1');
    assert.match(textOf(await invoke({ language: 'python' })), /variables in session "python"/);
    await assert.rejects(async () => invoke({ language: 'cobol' }), /cannot use this input/);
  });

  it('run code in the session of the editor, marked as an agent’s', async () => {
    const editor = await openUntitled('python', 'shared = 6');
    await runLine(editor, 0);
    await expectInline(editor, 0, '✓');
    const text = await python('print("hi")\nshared * 7');
    assert.match(text, /^succeeded \(executionId [\w-]+, session "python"\)\n\nOutput:\nhi\n\n\nValue:\n42$/);
    const results = (await holdfast()).results();
    assert.deepEqual(
      results.slice(-2).map(({ by }) => by),
      [null, 'by agent'],
    );
  });

  it('tell what code threw', async () => assert.match(await python('1 / 0'), /^failed [\s\S]*ZeroDivisionError/));

  it('read variables and output', async () => {
    await python('table = [1, 2, 3]\nprint("printed")');
    assert.match(await call('holdfast_readVariables', { language: 'python', count: 1000 }), /^table: list \(3\) = /m);
    assert.match(await call('holdfast_readOutput', {}), /^succeeded [\s\S]*printed/);
    assert.match(await call('holdfast_readOutput', { start: 0 }), /^Bytes 0 to 8 of 8\n\nprinted/);
  });

  it('leave a question to the person', async () => {
    const asked = python('input("Who? ")');
    const api = await holdfast();
    const prompt = await eventually(() => api.shownPrompt() ?? assert.fail('no question is shown'));
    await api.answerPrompt(prompt.promptId, 'Ada');
    assert.match(await asked, /Value:\n'Ada'$/);
  });

  it('say what they wait for when the time is up, and wait again', async () => {
    assert.match(await python('input("Who? ")', { waitSeconds: 0 }), /It goes on/);
    const api = await holdfast();
    const prompt = await eventually(() => api.shownPrompt() ?? assert.fail('no question is shown'));
    assert.match(
      await call('holdfast_readOutput', { waitSeconds: 0 }),
      /A person has to answer in the editor first: Who\?/,
    );
    const again = call('holdfast_readOutput', {});
    await api.answerPrompt(prompt.promptId, 'me');
    assert.match(await again, /^succeeded/);
  });

  it('cancel the code with the request', async () => {
    const source = new vscode.CancellationTokenSource();
    const asked = call('holdfast_runCode', { language: 'javascript', code: 'for (;;);' }, source.token);
    const status = async (title: string) => (await holdfast()).results().findLast((it) => it.title === title)?.status;
    await eventually(async () => assert.equal(await status('for (;;);'), 'running'));
    source.cancel();
    await asked.catch(() => {});
    await eventually(async () => assert.equal(await status('for (;;);'), 'cancelled'));
  });

  it('are gone when the person switches them off', async () => {
    const set = (value: boolean | undefined) =>
      vscode.workspace.getConfiguration('holdfast').update('agents.enabled', value, vscode.ConfigurationTarget.Global);
    await set(false);
    const invoke = () =>
      vscode.lm.invokeTool('holdfast_readVariables', {
        input: { language: 'python' },
        toolInvocationToken: undefined,
      });
    try {
      await eventually(() => assert.rejects(async () => invoke()));
    } finally {
      await set(undefined);
    }
    await eventually(async () => assert.match(textOf(await invoke()), /session/));
  });
});
