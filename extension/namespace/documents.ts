import type * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import { dialectNamed, languageOfDialect, languages } from '../../backend/workers/index.ts';
import { fileOf } from '../cells/cell.ts';
import type { Sessions } from '../client/sessions.ts';
import type { Syntax } from './scan.ts';

/** The documents for which there can be a session. */
export const SELECTOR: vscode.DocumentSelector = languages.flatMap(({ dialects }) =>
  dialects.map((language) => ({ language })),
);

/** The session that the code of a document runs in, if it has started, and how the document is read. */
export function sessionOf(
  document: vscode.TextDocument,
  sessions: Sessions,
): { readonly session: SessionInfo; readonly syntax: Syntax } | undefined {
  const dialect = dialectNamed(document.languageId);
  if (!dialect || document.uri.scheme === 'vscode-notebook-cell') return undefined;
  const { id } = languageOfDialect(dialect);
  const session = sessions.find(id, fileOf(document));
  return session && { session, syntax: id === 'python' ? 'python' : 'script' };
}
