import * as vscode from 'vscode';
import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickSession } from './pick-session.ts';

/** Gives a session another name. What ran in it goes on running in it. */
export const renameSession = command({
  id: 'holdfast.renameSession',
  argument: SessionArgument.optional(),
  async run({ sessions }, argument) {
    const session = await pickSession(sessions, argument?.sessionId);
    const { t } = vscode.l10n;
    const taken = new Set(sessions.all().map(({ name }) => name));
    taken.delete(session.name);
    const name = await vscode.window.showInputBox({
      title: t('Rename Session'),
      value: session.name,
      validateInput: (text) => {
        if (text.trim() === '') return t('A session needs a name.');
        if (text.trim().length > 100) return t('This is too long: 100 characters at most.');
        return taken.has(text.trim()) ? t('Another session has this name.') : undefined;
      },
    });
    if (name !== undefined) await sessions.rename(session.sessionId, name);
  },
});
