import * as vscode from 'vscode';
import * as z from 'zod';
import { setting } from '../platform/settings.ts';
import { command } from './command.ts';

const ShiftEnter = z.enum(['off', 'statement', 'cell']);

/** Gives Shift+Enter to Holdfast or leaves it to others: as the argument says, else as picked. A person's own setting, for every workspace. */
export const chooseShiftEnter = command({
  id: 'holdfast.chooseShiftEnter',
  argument: ShiftEnter.optional(),
  async run(_services, argument) {
    const chosen = argument ?? (await pick());
    const settings = vscode.workspace.getConfiguration('holdfast');
    await settings.update('keys.shiftEnter', chosen, vscode.ConfigurationTarget.Global);
  },
});

async function pick(): Promise<z.infer<typeof ShiftEnter>> {
  const { t } = vscode.l10n;
  const now = setting('keys.shiftEnter');
  const labels = {
    statement: t('Run the selection or statement and go to the next one'),
    cell: t('Run the cell and go to the next one'),
    off: t('Leave it to other extensions'),
  };
  const picked = await vscode.window.showQuickPick(
    (['statement', 'cell', 'off'] as const).map((choice) => ({
      label: labels[choice],
      description: choice === now ? t('set now') : '',
      choice,
    })),
    { title: t('What Shift+Enter does') },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.choice;
}
