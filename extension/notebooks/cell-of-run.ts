import type * as vscode from 'vscode';
import type { RunPlace } from './run-memory.ts';

/** The cell that an earlier window has run: where it stood, unless another one has its code by now. */
export function cellOfRun(
  notebook: vscode.NotebookDocument,
  { index }: RunPlace,
  code: string | null,
): vscode.NotebookCell | undefined {
  const there = index < notebook.cellCount ? notebook.cellAt(index) : undefined;
  if (code === null || there?.document.getText() === code) return there;
  return notebook.getCells().find(({ document }) => document.getText() === code) ?? there;
}
