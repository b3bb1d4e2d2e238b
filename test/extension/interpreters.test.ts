import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, runLine } from './support/holdfast.ts';

const SETTING = 'holdfast.python.interpreter';

const setInterpreter = (value: string | undefined) =>
  vscode.workspace.getConfiguration().update(SETTING, value, vscode.ConfigurationTarget.Workspace);

/** A session keeps its interpreter, so a test of the setting begins without one. */
async function endPythonSession(): Promise<void> {
  const api = await holdfast();
  const session = api.sessions().find(({ name }) => name === 'python');
  if (!session) return;
  await vscode.commands.executeCommand('holdfast.killSession', { sessionId: session.sessionId });
  await eventually(() => assert.ok(!api.sessions().some(({ sessionId }) => sessionId === session.sessionId)));
}

describe('the Python that is set', () => {
  beforeEach(endPythonSession);
  afterEach(async () => {
    await setInterpreter(undefined);
    await closeAllEditors();
  });

  it('runs nothing when it is not there, while JavaScript goes on', async () => {
    await setInterpreter('/nowhere/python3');
    const api = await holdfast();
    const python = await openUntitled('python', '6 * 7');
    await runLine(python, 0);
    assert.deepEqual(api.inlineResults(python.document.uri), []);
    const script = await openUntitled('javascript', '6 * 7');
    await runLine(script, 0);
    await expectInline(script, 0, '42');
  });

  it('is used by the next session', async () => {
    const api = await holdfast();
    const editor = await openUntitled('python', '6 * 7');
    await runLine(editor, 0);
    await expectInline(editor, 0, '42');
    const found = api.sessions().find(({ name }) => name === 'python')?.interpreter.path;
    assert.ok(found);
    await endPythonSession();
    await setInterpreter(found);
    await runLine(editor, 0);
    await expectInline(editor, 0, '42');
    assert.equal(api.sessions().find(({ name }) => name === 'python')?.interpreter.origin, 'setting');
  });
});
