import * as vscode from 'vscode';

/** Stands for rows that a view does not list. */
export function unlistedWords(count: number): string {
  return vscode.l10n.t('… and {0} more', count);
}
