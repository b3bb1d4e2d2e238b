import * as vscode from 'vscode';
import * as z from 'zod';
import { Dialect } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { UserError } from '../platform/user-error.ts';
import { command } from './command.ts';

const Uri = z.custom<vscode.Uri>((value) => value instanceof vscode.Uri);

/** Gives the sessions that a notebook's cells run in new workers with empty namespaces. */
export const restartNotebook = command({
  id: 'holdfast.restartNotebook',
  /** The notebook, as the toolbar names it, or its URI; without one, that of the active editor. */
  argument: z
    .union([
      Uri,
      z.object({ notebookEditor: z.object({ notebookUri: Uri }) }).transform((it) => it.notebookEditor.notebookUri),
    ])
    .optional()
    .catch(undefined),
  async run({ sessions }, uri) {
    const { activeNotebookEditor } = vscode.window;
    const notebook = uri
      ? vscode.workspace.notebookDocuments.find((it) => it.uri.toString() === uri.toString())
      : activeNotebookEditor?.notebook;
    if (!notebook) throw new UserError(vscode.l10n.t('Open a notebook to restart its session.'));
    const file = notebook.uri.scheme === 'file' ? notebook.uri.fsPath : null;
    const languages = notebook.getCells().flatMap(({ document }) => {
      const dialect = Dialect.safeParse(document.languageId);
      return dialect.success ? [languageOfDialect(dialect.data).id] : [];
    });
    const used = [...new Set(languages)].flatMap((language) => sessions.find(language, file) ?? []);
    await Promise.all(used.map(({ sessionId }) => sessions.restart(sessionId)));
  },
});
