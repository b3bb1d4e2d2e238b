import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { NothingToDo } from '../platform/user-error.ts';
import { command, NoArgument } from './command.ts';

/** Shows the log of what programs were allowed and denied, and by what: a JSON object a line. */
export const openAuditLog = command({
  id: 'holdfast.openAuditLog',
  argument: NoArgument,
  async run({ sessions }) {
    const { auditFile } = await (await sessions.client()).call('StatusMethod', {});
    const isThere = await access(auditFile).then(
      () => true,
      () => false,
    );
    if (!isThere) throw new NothingToDo(vscode.l10n.t('Nothing has been allowed or denied in this workspace yet.'));
    await vscode.window.showTextDocument(vscode.Uri.file(auditFile), { preview: true });
  },
});
