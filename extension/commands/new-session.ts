import * as vscode from 'vscode';
import * as z from 'zod';
import { Dialect } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { fileOf } from '../cells/cell.ts';
import type { Sessions } from '../client/sessions.ts';
import { UserError } from '../platform/user-error.ts';
import { activeEditor } from './active-editor.ts';
import { command } from './command.ts';
import { askSessionName } from './session-name.ts';

/** Starts a session of the active editor's language beside the others; its file runs there from now on. */
export const newSession = command({
  id: 'holdfast.newSession',
  // In a view's title it gets the row that is selected.
  argument: z
    .object({ name: z.string().trim().min(1).max(100) })
    .optional()
    .catch(undefined),
  async run({ sessions }, argument) {
    await startSession(sessions, activeEditor().document, argument);
  },
});

/** Asks for a name unless there is one. Answers when the session is there; its worker may still be starting. */
export async function startSession(
  sessions: Sessions,
  document: vscode.TextDocument,
  { name, group }: { readonly name?: string; readonly group?: string } = {},
): Promise<void> {
  const dialect = Dialect.safeParse(document.languageId);
  if (!dialect.success) {
    throw new UserError(vscode.l10n.t('Open a Python, JavaScript or TypeScript file to run code.'));
  }
  const { id } = languageOfDialect(dialect.data);
  const chosen = name ?? (await askSessionName(vscode.l10n.t('New Session'), freeName(sessions, id), sessions));
  const session = await sessions.create(id, fileOf(document), chosen, group);
  await sessions.pick(id, fileOf(document), session.sessionId);
}

function freeName(sessions: Sessions, language: string): string {
  const taken = new Set(sessions.all().map(({ name }) => name));
  for (let number = 2; ; number++) {
    const name = `${language}-${number}`;
    if (!taken.has(name)) return name;
  }
}
