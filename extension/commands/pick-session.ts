import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { Dialect } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { fileOf } from '../cells/cell.ts';
import type { Sessions } from '../client/sessions.ts';
import { UserError } from '../platform/user-error.ts';

/** The session of the active editor's language, if it has started. */
export function sessionOfActiveEditor(sessions: Sessions): SessionInfo | undefined {
  const document = vscode.window.activeTextEditor?.document;
  const dialect = Dialect.safeParse(document?.languageId);
  if (!document || !dialect.success) return undefined;
  return sessions.find(languageOfDialect(dialect.data).id, fileOf(document));
}

/** The session that was named, else that of the active editor, else the only one, else the one picked. @throws UserError */
export async function pickSession(sessions: Sessions, sessionId: string | undefined): Promise<SessionInfo> {
  const all = sessions.all();
  const found = sessionId === undefined ? (sessionOfActiveEditor(sessions) ?? only(all)) : sessions.get(sessionId);
  if (found) return found;
  if (all.length === 0 || sessionId !== undefined) {
    throw new UserError(vscode.l10n.t('There is no such session. Running code starts one.'));
  }
  const picked = await vscode.window.showQuickPick(
    all.map((session) => ({ label: session.name, description: session.interpreter.path, session })),
    { title: vscode.l10n.t('Which session?') },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.session;
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}
