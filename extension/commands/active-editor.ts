import * as vscode from 'vscode';
import { UserError } from '../platform/user-error.ts';

/** @throws UserError when no editor has the focus. */
export function activeEditor(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (editor) return editor;
  if (vscode.window.activeNotebookEditor) {
    throw new UserError(vscode.l10n.t('This is a notebook: it runs its cells itself. Holdfast can be its kernel.'));
  }
  throw new UserError(vscode.l10n.t('Open a Python, JavaScript or TypeScript file to run code.'));
}
