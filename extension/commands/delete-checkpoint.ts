import * as vscode from 'vscode';
import { checkpointSummary, quotedName } from '../views/checkpoints/words.ts';
import { CheckpointArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickCheckpoint } from './pick-checkpoint.ts';

/** Deletes a checkpoint from disk, after asking. */
export const deleteCheckpoint = command({
  id: 'holdfast.deleteCheckpoint',
  argument: CheckpointArgument.optional().catch(undefined),
  async run({ checkpoints }, argument) {
    const { t } = vscode.l10n;
    const checkpoint = await pickCheckpoint(checkpoints, argument?.checkpointId, t('Delete which checkpoint?'));
    const remove = t('Delete');
    const question = t('Delete the checkpoint {0}?', quotedName(checkpoint));
    const detail = `${checkpointSummary(checkpoint)}\n${t('It cannot be brought back. Sessions keep their variables.')}`;
    const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
    if (chosen === remove) await checkpoints.remove(checkpoint.checkpointId);
  },
});
