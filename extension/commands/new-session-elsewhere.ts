import * as vscode from 'vscode';
import type { Machines } from '../client/machines.ts';
import type { Sessions } from '../client/sessions.ts';
import { plainText } from '../inline/visible.ts';
import { UserError } from '../platform/user-error.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';
import { startSession } from './new-session.ts';
import { askMachinesToken } from './set-machines-token.ts';

/** Starts a session of the active editor's language on a machine of a group; the editor's file runs there from now on. */
export const newSessionElsewhere = command({
  id: 'holdfast.newSessionElsewhere',
  argument: NoArgument,
  async run({ machines, sessions }) {
    await startSessionElsewhere(machines, sessions, activeEditor().document);
  },
});

export async function startSessionElsewhere(
  machines: Machines,
  sessions: Sessions,
  document: vscode.TextDocument,
): Promise<void> {
  if (!(await machines.hasToken())) await askMachinesToken(machines, sessions);
  const all = await machines.list(await sessions.client());
  const groups = Map.groupBy(all, ({ group }) => group);
  if (groups.size === 0) {
    throw new UserError(
      vscode.l10n.t('No other machine is there. On one, run: {0}', 'holdfast worker --group NAME --url URL'),
    );
  }
  const picked = await vscode.window.showQuickPick(
    [...groups].map(([group, members]) => ({
      label: group,
      iconPath: new vscode.ThemeIcon('server'),
      description: members.map(({ host }) => plainText(host)).join(', '),
    })),
    {
      title: vscode.l10n.t('Run on'),
      placeHolder: vscode.l10n.t('Any machine of the group, with its files and interpreter'),
    },
  );
  if (!picked) throw new vscode.CancellationError();
  await startSession(sessions, document, { group: picked.label });
}
