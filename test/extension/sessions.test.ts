import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, openUntitled, putCursor, runLine } from './support/holdfast.ts';

describe('sessions', () => {
  beforeEach(closeAllEditors);
  after(async () => {
    for (const { sessionId } of (await holdfast()).sessions())
      await vscode.commands.executeCommand('holdfast.killSession', { sessionId });
  });

  const sessionOf = async (language: string): Promise<SessionInfo> => {
    const found = (await holdfast()).sessions().find((session) => session.language === language);
    assert.ok(found);
    return found;
  };

  it('have a queue that is reordered and cleared, while what runs goes on', async () => {
    const editor = await openUntitled(
      'javascript',
      'await new Promise((resolve) => { globalThis.release = resolve })\n"second"\n"third"\n',
    );
    await runLine(editor, 0);
    // While it starts, the first one waits too.
    await eventually(async () => assert.ok((await sessionOf('javascript')).running));
    await runLine(editor, 1);
    await runLine(editor, 2);
    const waiting = async () => (await sessionOf('javascript')).waiting;
    await eventually(async () => assert.equal((await waiting()).length, 2));
    const [second, third] = await waiting();
    const { sessionId } = await sessionOf('javascript');
    await vscode.commands.executeCommand('holdfast.runNext', { sessionId, executionId: third });
    await eventually(async () => assert.deepEqual(await waiting(), [third, second]));
    await vscode.commands.executeCommand('holdfast.clearQueue', { sessionId });
    await expectInline(editor, 1, /cancelled/);
    await expectInline(editor, 2, /cancelled/);
    assert.equal((await sessionOf('javascript')).state, 'busy');
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    await expectInline(editor, 0, /cancelled/);
  });

  it('list what goes on in the background, and cancel it', async () => {
    const editor = await openUntitled(
      'python',
      'import asyncio\ntask = asyncio.create_task(asyncio.sleep(600))\ntask\n',
    );
    await runLine(editor, 0);
    await runLine(editor, 1);
    await eventually(async () => assert.equal((await sessionOf('python')).tasks.length, 1));
    const { sessionId, tasks } = await sessionOf('python');
    assert.match(tasks[0]?.name ?? '', /sleep/);
    await vscode.commands.executeCommand('holdfast.cancelTask', { sessionId, taskId: tasks[0]?.taskId });
    await eventually(async () => assert.equal((await sessionOf('python')).tasks.length, 0));
    await runLine(editor, 2);
    await expectInline(editor, 2, /cancelled/);
  });

  it('are one for each file when that is set, in the folder of the file when that is set', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'hf-files-'));
    const settings = vscode.workspace.getConfiguration('holdfast');
    const global = vscode.ConfigurationTarget.Global;
    await settings.update('session.scope', 'file', global);
    await settings.update('workingDirectory', 'file', global);
    try {
      for (const [name, code, value] of [
        ['one.py', 'import os; os.path.basename(os.getcwd())', `'${path.basename(folder)}'`],
        ['two.py', '"os" in globals()', 'False'],
      ] as const) {
        await writeFile(path.join(folder, name), code);
        const editor = await vscode.window.showTextDocument(vscode.Uri.file(path.join(folder, name)));
        putCursor(editor, 0);
        await vscode.commands.executeCommand('holdfast.runSelection');
        await expectInline(editor, 0, value);
      }
      const names = (await holdfast()).sessions().map(({ name }) => path.basename(name));
      assert.ok(names.includes('one.py') && names.includes('two.py'), names.join(', '));
    } finally {
      await settings.update('session.scope', undefined, global);
      await settings.update('workingDirectory', undefined, global);
      await rm(folder, { recursive: true, force: true });
    }
  });
});
