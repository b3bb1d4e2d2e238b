import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { dialectNamed, languageOfDialect } from '../../backend/workers/index.ts';
import { fileOf } from '../cells/cell.ts';
import type { Sessions } from './sessions.ts';

/** The session that runs the active editor's code, if it has started. */
export function sessionOfActiveEditor(sessions: Sessions): SessionInfo | undefined {
  const document = vscode.window.activeTextEditor?.document;
  const dialect = dialectNamed(document?.languageId);
  if (!document || !dialect) return undefined;
  return sessions.find(languageOfDialect(dialect).id, fileOf(document));
}
