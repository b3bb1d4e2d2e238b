import * as vscode from 'vscode';
import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickSession } from './pick-session.ts';

/** Cancels what waits in a session. What runs goes on. */
export const clearQueue = command({
  id: 'holdfast.clearQueue',
  argument: SessionArgument.optional(),
  async run({ sessions }, argument) {
    const { sessionId, name } = await pickSession(sessions, argument?.sessionId);
    const count = await sessions.clearQueue(sessionId);
    const { t } = vscode.l10n;
    const message =
      count === 0 ? t('Nothing waits in {0}.', name) : t('Cancelled what waited in {0}: {1}.', name, count);
    vscode.window.setStatusBarMessage(message, 5000);
  },
});
