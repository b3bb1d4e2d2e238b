import path from 'node:path';
import type * as vscode from 'vscode';
import type { Source } from '../../backend/protocol/values.ts';

/**
 * Names a cell for tracebacks: `/work/notes.ipynb, cell 3`, as the status bar counts it. Relative imports follow the notebook's file.
 */
export function cellSource({ notebook, index }: vscode.NotebookCell): Source {
  const file = notebook.uri.scheme === 'file' ? notebook.uri.fsPath : null;
  const name = `${file ?? path.posix.basename(notebook.uri.path)}, cell ${index + 1}`;
  return { name: file ? name : `<${name}>`, path: file, line: 1, column: 0 };
}

/** A text of the program with the notebook's cells named without their folder, as they are told to a person. */
export function withShortNames(text: string, { uri }: vscode.NotebookDocument): string {
  if (uri.scheme !== 'file') return text;
  return text.replaceAll(`${uri.fsPath}, cell `, `${path.basename(uri.fsPath)}, cell `);
}
