import * as vscode from 'vscode';
import { quotedName } from '../views/checkpoints/words.ts';
import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickSession } from './pick-session.ts';
import { showPassing } from './show-passing.ts';

/** Gives a session a new worker with an empty namespace, and says where its variables are. */
export const restartSession = command({
  id: 'holdfast.restartSession',
  argument: SessionArgument.optional(),
  async run({ sessions }, argument) {
    const { t } = vscode.l10n;
    const { sessionId, name } = await pickSession(sessions, argument?.sessionId);
    const checkpoint = await sessions.restart(sessionId);
    if (checkpoint) showPassing(t('{0} begins anew. What it had: checkpoint {1}', name, quotedName(checkpoint)));
    else showPassing(t('{0} begins anew', name));
  },
});
