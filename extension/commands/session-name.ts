import * as vscode from 'vscode';
import type { Sessions } from '../client/sessions.ts';

/** Asks for the name of a session. @throws CancellationError when the person goes away */
export async function askSessionName(title: string, value: string, sessions: Sessions, own?: string): Promise<string> {
  const { t } = vscode.l10n;
  const taken = new Set(sessions.all().map(({ name }) => name));
  if (own !== undefined) taken.delete(own);
  const name = await vscode.window.showInputBox({
    title,
    value,
    validateInput: (text) => {
      if (text.trim() === '') return t('A session needs a name.');
      if (text.trim().length > 100) return t('This is too long: 100 characters at most.');
      return taken.has(text.trim()) ? t('Another session has this name.') : undefined;
    },
  });
  if (name === undefined) throw new vscode.CancellationError();
  return name.trim();
}
