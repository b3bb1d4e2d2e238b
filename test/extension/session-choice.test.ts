import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { eventually } from '../helpers/eventually.ts';
import { closeAllEditors, expectInline, holdfast, putCursor, runLine } from './support/holdfast.ts';

describe('the session of a file', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hf-choice-'));
  });
  after(async () => {
    await closeAllEditors();
    for (const { sessionId } of (await holdfast()).sessions())
      await vscode.commands.executeCommand('holdfast.killSession', { sessionId });
    await rm(folder, { recursive: true, force: true });
  });

  async function open(name: string, code: string): Promise<vscode.TextEditor> {
    await writeFile(path.join(folder, name), code);
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(path.join(folder, name)));
    putCursor(editor, 0);
    return editor;
  }

  const idOf = async (name: string): Promise<string> => {
    const found = (await holdfast()).sessions().find((session) => session.name === name);
    assert.ok(found, `no session "${name}"`);
    return found.sessionId;
  };

  it('is a new one of its own, while other files keep theirs', async () => {
    const one = await open('one.js', 'var here = "shared"\n');
    await runLine(one, 0);
    await expectInline(one, 0, /./);
    const two = await open('two.js', 'typeof here\n');
    await vscode.commands.executeCommand('holdfast.newSession', { name: 'apart' });
    await runLine(two, 0);
    await expectInline(two, 0, /undefined/);
    const three = await open('three.js', 'typeof here\n');
    await runLine(three, 0);
    await expectInline(three, 0, /string/);
  });

  it('is the one that is named, and goes back to the usual one when that ends', async () => {
    const editor = await open('three.js', 'typeof here\n');
    await vscode.commands.executeCommand('holdfast.selectSession', { sessionId: await idOf('apart') });
    await runLine(editor, 0);
    await expectInline(editor, 0, /undefined/);
    await eventually(async () => assert.equal((await holdfast()).statusBarText(), '$(check) Holdfast: apart'));
    const api = await holdfast();
    const sessionId = await idOf('apart');
    await vscode.commands.executeCommand('holdfast.killSession', { sessionId });
    await eventually(() => assert.ok(!api.sessions().some((session) => session.sessionId === sessionId)));
    await runLine(editor, 0);
    await expectInline(editor, 0, /string/);
  });

  it('is never one of another language', async () => {
    const editor = await open('four.py', '6 * 7\n');
    await vscode.commands.executeCommand('holdfast.selectSession', { sessionId: await idOf('javascript') });
    await runLine(editor, 0);
    await expectInline(editor, 0, /42/);
  });
});
