import * as vscode from 'vscode';
import { contentsReport } from '../views/checkpoints/reports.ts';
import { quotedName } from '../views/checkpoints/words.ts';
import { CheckpointArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickCheckpoint } from './pick-checkpoint.ts';

/** Opens what a checkpoint holds, and what it does not and why, as a document. */
export const showCheckpoint = command({
  id: 'holdfast.showCheckpoint',
  argument: CheckpointArgument.optional().catch(undefined),
  async run({ checkpoints, reports }, argument) {
    const { t } = vscode.l10n;
    const { checkpointId } = await pickCheckpoint(checkpoints, argument?.checkpointId, t('Show which checkpoint?'));
    const contents = await checkpoints.read(checkpointId);
    await reports.show(t('Checkpoint {0}', quotedName(contents.checkpoint)), contentsReport(contents));
  },
});
