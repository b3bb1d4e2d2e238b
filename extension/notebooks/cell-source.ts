import path from 'node:path';
import * as vscode from 'vscode';
import type { Source } from '../../backend/protocol/values.ts';

/** Scheme of the documents that are cells of notebooks. */
export const NOTEBOOK_CELL = 'vscode-notebook-cell';

const NAME = /^(.+), cell (\d+)$/;

/**
 * Names a cell for tracebacks: `/work/notes.ipynb, cell 3`, as the status bar counts it. Relative imports follow the notebook's file.
 */
export function cellSource({ notebook, index }: vscode.NotebookCell): Source {
  const file = notebook.uri.scheme === 'file' ? notebook.uri.fsPath : null;
  const name = `${file ?? path.posix.basename(notebook.uri.path)}, cell ${index + 1}`;
  return { name: file ? name : `<${name}>`, path: file, line: 1, column: 0 };
}

/** The document of the cell that has such a name now, while its notebook is open. */
export function cellDocument(name: string): vscode.Uri | undefined {
  const [, file, number] = NAME.exec(name) ?? [];
  if (file === undefined) return undefined;
  const notebook = vscode.workspace.notebookDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  const index = Number(number) - 1;
  return notebook && index < notebook.cellCount ? notebook.cellAt(index).document.uri : undefined;
}

/** A text of the program with the notebook's cells named without their folder, as they are told to a person. */
export function withShortNames(text: string, { uri }: vscode.NotebookDocument): string {
  if (uri.scheme !== 'file') return text;
  return text.replaceAll(`${uri.fsPath}, cell `, `${path.basename(uri.fsPath)}, cell `);
}
