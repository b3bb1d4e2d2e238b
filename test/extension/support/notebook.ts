import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { eventually } from '../../helpers/eventually.ts';
import { holdfast } from './holdfast.ts';

const SHOWN_MS = 15_000;

/** A cell to be: code with its language, or Markdown. */
export type NewCell = readonly [language: string, source: string];

export interface Output {
  /** The text of each form by its MIME type; images by their size. */
  readonly forms: Readonly<Record<string, string>>;
  readonly metadata: vscode.NotebookCellOutput['metadata'];
}

let written = 0;

/** Writes a notebook into the workspace, opens it as VS Code's own serializer reads it, and chooses Holdfast's kernel. */
export async function openNotebook(...cells: NewCell[]): Promise<vscode.NotebookEditor> {
  await holdfast();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(folder);
  const uri = vscode.Uri.file(path.join(folder, `notebook-${++written}.ipynb`));
  await writeFile(uri.fsPath, notebookText(cells));
  // As a person does: a notebook that an extension has opened stays open for minutes after its tab is closed.
  await vscode.commands.executeCommand('vscode.openWith', uri, 'jupyter-notebook');
  const editor = await activeNotebook(uri);
  await chooseKernel('holdfast');
  return editor;
}

/** Waits until the notebook of a file has the focus. */
export async function activeNotebook(uri: vscode.Uri): Promise<vscode.NotebookEditor> {
  return await eventually(() => {
    const editor = vscode.window.activeNotebookEditor;
    assert.ok(editor);
    assert.equal(editor.notebook.uri.toString(), uri.toString());
    return editor;
  }, SHOWN_MS);
}

export async function chooseKernel(id: string): Promise<void> {
  await vscode.commands.executeCommand('notebook.selectKernel', { id, extension: 'holdfast.holdfast' });
}

export function notebookText(cells: readonly NewCell[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: 'python' } },
    cells: cells.map(([language, source], index) =>
      language === 'markdown'
        ? { cell_type: 'markdown', id: `c${index}`, metadata: {}, source }
        : {
            cell_type: 'code',
            id: `c${index}`,
            metadata: { vscode: { languageId: language } },
            source,
            execution_count: null,
            outputs: [],
          },
    ),
  });
}

/** What has a notebook: its editor, too. */
type Holder = Pick<vscode.NotebookEditor, 'notebook'>;

/** Runs cells from one index up to, and without, another. Settles when they rest again. */
export async function runCells({ notebook }: Holder, start = 0, end = notebook.cellCount): Promise<void> {
  await vscode.commands.executeCommand('notebook.cell.execute', {
    ranges: [{ start, end }],
    document: notebook.uri,
  });
}

export function outputsOf({ notebook }: Holder, index: number): Output[] {
  return notebook.cellAt(index).outputs.map(({ items, metadata }) => ({
    forms: Object.fromEntries(
      items.map(({ mime, data }) => [
        mime,
        mime.startsWith('image/') && !mime.includes('svg')
          ? `${data.byteLength} bytes`
          : new TextDecoder().decode(data),
      ]),
    ),
    metadata,
  }));
}

/** The text of a cell's outputs of one kind, one after the other. */
export function textOf(editor: Holder, index: number, mime = 'text/plain'): string {
  return outputsOf(editor, index)
    .map(({ forms }) => forms[mime] ?? '')
    .join('');
}

export const STDOUT = 'application/vnd.code.notebook.stdout';
export const STDERR = 'application/vnd.code.notebook.stderr';
export const ERROR = 'application/vnd.code.notebook.error';

/** The first error that a cell shows. */
export function errorOf(editor: Holder, index: number): { name: string; message: string; stack: string } {
  const text = textOf(editor, index, ERROR);
  assert.notEqual(text, '', JSON.stringify(outputsOf(editor, index)));
  return JSON.parse(text);
}

/** Waits until a cell rests. @returns its number and whether it succeeded. */
export async function rested(
  editor: Holder,
  index: number,
): Promise<{ order: number | undefined; success: boolean | undefined }> {
  return await eventually(() => {
    const summary = editor.notebook.cellAt(index).executionSummary;
    assert.ok(summary?.timing?.endTime, `Cell ${index} has not ended: ${JSON.stringify(summary)}`);
    return { order: summary.executionOrder, success: summary.success };
  }, SHOWN_MS);
}

export async function shows(editor: Holder, index: number, text: string | RegExp, mime?: string) {
  await eventually(() => {
    const shown = textOf(editor, index, mime);
    if (typeof text === 'string') assert.equal(shown, text);
    else assert.match(shown, text);
  }, SHOWN_MS);
}

/** Closes the notebook's tab. What is not saved is saved, since VS Code would ask. */
export async function closeNotebook({ notebook }: Holder): Promise<void> {
  await notebook.save();
  const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
  const own = tabs.filter(
    ({ input }) => input instanceof vscode.TabInputNotebook && input.uri.toString() === notebook.uri.toString(),
  );
  assert.ok(await vscode.window.tabGroups.close(own));
  await eventually(() => assert.ok(notebook.isClosed, `${own.length} tabs, dirty: ${notebook.isDirty}`), SHOWN_MS);
}
