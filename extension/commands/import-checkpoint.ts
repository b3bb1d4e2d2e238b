import * as vscode from 'vscode';
import * as z from 'zod';
import type { CheckpointInfo } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { Checkpoints } from '../client/checkpoints.ts';
import { UserError } from '../platform/user-error.ts';
import { heldBy, quotedName, variablesWord } from '../views/checkpoints/words.ts';
import { command } from './command.ts';
import { CHECKPOINT_ENDING } from './export-checkpoint.ts';
import { askCheckpointName } from './pick-checkpoint.ts';
import { showPassing } from './show-passing.ts';

const ImportArgument = z.object({ file: z.custom<vscode.Uri>((value) => value instanceof vscode.Uri) });

/** Takes in a file that an export has written. Nothing of it runs before it is restored. */
export const importCheckpoint = command({
  id: 'holdfast.importCheckpoint',
  argument: ImportArgument.optional().catch(undefined),
  async run({ checkpoints }, argument) {
    const { t } = vscode.l10n;
    const uri = argument?.file ?? (await chooseFile());
    if (uri.scheme !== 'file') throw new UserError(t('A checkpoint is imported from a file of this disk.'));
    // Not awaited: the command has ended, whether or not somebody answers the message.
    void tell(await takeIn(uri.fsPath, checkpoints));
  },
});

/** Under the name that it has, or another one when that is taken. */
async function takeIn(file: string, checkpoints: Checkpoints): Promise<CheckpointInfo> {
  const { t } = vscode.l10n;
  try {
    return await checkpoints.import(file, null);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'conflict') throw error;
    const question = { title: t('Import Checkpoint'), value: '', prompt: t('Another checkpoint has its name.') };
    return await checkpoints.import(file, await askCheckpointName(question, await checkpoints.list()));
  }
}

async function tell(checkpoint: CheckpointInfo): Promise<void> {
  const { t } = vscode.l10n;
  const taken = t('Took in {0}: {1}', quotedName(checkpoint), variablesWord(heldBy(checkpoint)));
  if (!checkpoint.foreign) {
    showPassing(taken);
    return;
  }
  const restore = t('Restore…');
  const message = `${taken}. ${t('It was not made in this workspace: restoring it runs code that its maker put in.')}`;
  if ((await vscode.window.showInformationMessage(message, restore)) !== restore) return;
  const { checkpointId } = checkpoint;
  await vscode.commands.executeCommand('holdfast.restoreCheckpoint', { checkpointId });
}

async function chooseFile(): Promise<vscode.Uri> {
  const { t } = vscode.l10n;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: t('Import Checkpoint'),
      openLabel: t('Import'),
      filters: { [t('Checkpoint')]: [CHECKPOINT_ENDING], [t('All files')]: ['*'] },
    })) ?? [];
  if (!chosen) throw new vscode.CancellationError();
  return chosen;
}
