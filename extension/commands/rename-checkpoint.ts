import * as vscode from 'vscode';
import * as z from 'zod';
import { CheckpointArgument } from './arguments.ts';
import { command } from './command.ts';
import { askCheckpointName, pickCheckpoint } from './pick-checkpoint.ts';

const RenameArgument = CheckpointArgument.extend({ name: z.string().trim().min(1).max(100).optional() });

/** Gives a checkpoint another name. One that was made by itself is kept from then on. */
export const renameCheckpoint = command({
  id: 'holdfast.renameCheckpoint',
  argument: RenameArgument.optional().catch(undefined),
  async run({ checkpoints }, argument) {
    const { t } = vscode.l10n;
    const checkpoint = await pickCheckpoint(checkpoints, argument?.checkpointId, t('Rename which checkpoint?'));
    const question = {
      title: t('Rename Checkpoint'),
      value: checkpoint.name ?? '',
      prompt: checkpoint.name === null ? t('With a name it stays until you delete it.') : '',
    };
    const name = argument?.name ?? (await askCheckpointName(question, checkpoints.all()));
    await checkpoints.rename(checkpoint.checkpointId, name);
  },
});
