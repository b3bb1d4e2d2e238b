import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HoldfastApi } from '../../../extension/api.ts';
import type { InlineResult } from '../../../extension/inline/inline-result.ts';
import { eventually } from '../../helpers/eventually.ts';

/** A worker starts and a first answer comes well within this time. */
const SHOWN_MS = 15_000;

/** What the extension under test publishes. Activates it. */
export async function holdfast(): Promise<HoldfastApi> {
  const extension = vscode.extensions.getExtension<HoldfastApi>('holdfast.holdfast');
  assert.ok(extension, 'The extension is not installed in this VS Code.');
  return await extension.activate();
}

let opened = 0;

/** A document of its own name: VS Code gives a new `Untitled-1` the text of one that was closed a moment ago. */
export async function openUntitled(language: string, content: string): Promise<vscode.TextEditor> {
  const unnamed = await vscode.workspace.openTextDocument(vscode.Uri.parse(`untitled:cell-${++opened}`));
  const document = await vscode.languages.setTextDocumentLanguage(unnamed, language);
  const editor = await vscode.window.showTextDocument(document);
  await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), content));
  putCursor(editor, 0);
  return editor;
}

/** Puts the cursor at the start of a line, counted from 0. */
export function putCursor(editor: vscode.TextEditor, line: number): void {
  editor.selection = new vscode.Selection(line, 0, line, 0);
}

/** Runs the statement at a line and waits until the backend has taken it. */
export async function runLine(editor: vscode.TextEditor, line: number): Promise<void> {
  putCursor(editor, line);
  await vscode.commands.executeCommand('holdfast.runSelection');
}

/** The inline result at a line, counted from 0. */
export async function inlineAt(editor: vscode.TextEditor, line: number): Promise<InlineResult | undefined> {
  const api = await holdfast();
  return api.inlineResults(editor.document.uri).find((result) => result.line === line);
}

/** Waits until a line shows a text. */
export async function expectInline(
  editor: vscode.TextEditor,
  line: number,
  text: string | RegExp,
): Promise<InlineResult> {
  let found: InlineResult | undefined;
  await eventually(async () => {
    found = await inlineAt(editor, line);
    if (typeof text === 'string') assert.equal(found?.text, text);
    else assert.match(found?.text ?? '', text);
  }, SHOWN_MS);
  assert.ok(found);
  return found;
}

let changed: (() => PromiseLike<void>)[] = [];

/** Sets a setting of Holdfast until the test has ended. */
export async function changeSetting(name: string, value: unknown): Promise<void> {
  const { Workspace } = vscode.ConfigurationTarget;
  const set = (to: unknown) => vscode.workspace.getConfiguration('holdfast').update(name, to, Workspace);
  const before = vscode.workspace.getConfiguration('holdfast').inspect(name)?.workspaceValue;
  changed.push(() => set(before));
  await set(value);
}

/** Every test finds the settings as they are by default. */
afterEach(async () => {
  const undo = changed.reverse();
  changed = [];
  for (const restore of undo) await restore();
});

export async function closeAllEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
