import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { sessionOfActiveEditor } from '../client/session-of-editor.ts';
import type { Sessions } from '../client/sessions.ts';
import { UserError } from '../platform/user-error.ts';
import { sessionChoice } from '../views/session-items.ts';

/** The session that was named, else that of the active editor, else the only one, else the one picked. @throws UserError */
export async function pickSession(sessions: Sessions, sessionId: string | undefined): Promise<SessionInfo> {
  const all = sessions.all();
  const found = sessionId === undefined ? (sessionOfActiveEditor(sessions) ?? only(all)) : sessions.get(sessionId);
  if (found) return found;
  if (all.length === 0 || sessionId !== undefined) {
    throw new UserError(vscode.l10n.t('There is no such session. Running code starts one.'));
  }
  const picked = await vscode.window.showQuickPick(
    all.map((session) => ({ ...sessionChoice(session), session })),
    { title: vscode.l10n.t('Which session?') },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.session;
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}
