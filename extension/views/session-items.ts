import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { plainText } from '../inline/visible.ts';
import { sessionSummary, stateIcon } from './session-words.ts';

/** How a session shows in a list to pick from. */
export function sessionChoice(session: SessionInfo): vscode.QuickPickItem {
  const variables =
    session.variables === 1 ? vscode.l10n.t('1 variable') : vscode.l10n.t('{0} variables', session.variables);
  return {
    label: plainText(session.name),
    iconPath: new vscode.ThemeIcon(stateIcon(session.state)),
    description: `${plainText(sessionSummary(session, vscode.l10n))} · ${variables}`,
    detail: plainText(session.interpreter.path),
  };
}
