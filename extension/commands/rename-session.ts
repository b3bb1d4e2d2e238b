import * as vscode from 'vscode';
import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickSession } from './pick-session.ts';
import { askSessionName } from './session-name.ts';

/** Gives a session another name. What ran in it goes on running in it. */
export const renameSession = command({
  id: 'holdfast.renameSession',
  argument: SessionArgument.optional(),
  async run({ sessions }, argument) {
    const { sessionId, name } = await pickSession(sessions, argument?.sessionId);
    await sessions.rename(sessionId, await askSessionName(vscode.l10n.t('Rename Session'), name, sessions, name));
  },
});
