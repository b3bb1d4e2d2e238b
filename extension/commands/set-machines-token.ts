import * as vscode from 'vscode';
import type { Machines } from '../client/machines.ts';
import type { Sessions } from '../client/sessions.ts';
import { command, NoArgument } from './command.ts';

/** Asks for the token that the person's machines share. It takes no argument: only a person may say it. */
export const setMachinesToken = command({
  id: 'holdfast.setMachinesToken',
  argument: NoArgument,
  async run({ machines, sessions }) {
    await askMachinesToken(machines, sessions);
  },
});

export async function askMachinesToken(machines: Machines, sessions: Sessions): Promise<void> {
  const token = await vscode.window.showInputBox({
    title: vscode.l10n.t('Token that your machines share'),
    prompt: vscode.l10n.t('Of `holdfast worker` on the other machines, 32 characters or more; empty to forget it'),
    password: true,
    ignoreFocusOut: true,
  });
  if (token === undefined) throw new vscode.CancellationError();
  await machines.setToken(token.trim(), await sessions.client());
}
