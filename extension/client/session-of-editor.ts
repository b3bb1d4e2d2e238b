import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { Dialect } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { fileOf } from '../cells/cell.ts';
import type { Sessions } from './sessions.ts';

/** The session that runs the active editor's code, if it has started. */
export function sessionOfActiveEditor(sessions: Sessions): SessionInfo | undefined {
  const document = vscode.window.activeTextEditor?.document;
  const dialect = Dialect.safeParse(document?.languageId);
  if (!document || !dialect.success) return undefined;
  return sessions.find(languageOfDialect(dialect.data).id, fileOf(document));
}
