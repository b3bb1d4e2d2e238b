import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { CheckpointInfo } from '../../backend/protocol/client/index.ts';
import { UserError } from '../platform/user-error.ts';
import { CheckpointArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickCheckpoint } from './pick-checkpoint.ts';
import { showPassing } from './show-passing.ts';

/** Ending of a checkpoint's file. */
export const CHECKPOINT_ENDING = 'checkpoint';

const ExportArgument = CheckpointArgument.extend({
  /** Replaced when it is there. */
  file: z.custom<vscode.Uri>((value) => value instanceof vscode.Uri).optional(),
});

/** Writes a checkpoint with all its parts to one file, for another workspace. */
export const exportCheckpoint = command({
  id: 'holdfast.exportCheckpoint',
  argument: ExportArgument.optional().catch(undefined),
  async run({ checkpoints }, argument) {
    const { t } = vscode.l10n;
    const checkpoint = await pickCheckpoint(checkpoints, argument?.checkpointId, t('Export which checkpoint?'));
    const uri = argument?.file ?? (await chooseFile(checkpoint));
    if (uri.scheme !== 'file') throw new UserError(t('A checkpoint is exported to a file of this disk.'));
    const title = t('Holdfast exports a checkpoint');
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async () => {
      // The backend writes only files that are new: the one that is replaced goes when the other is whole.
      const draft = `${uri.fsPath}.${randomUUID()}`;
      try {
        await checkpoints.export(checkpoint.checkpointId, draft);
        await rename(draft, uri.fsPath);
      } finally {
        await rm(draft, { force: true });
      }
    });
    showPassing(t('Wrote {0}', uri.fsPath));
  },
});

async function chooseFile({ name, sessionName }: CheckpointInfo): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const stem = (name ?? sessionName).replaceAll(/[^\p{L}\p{N} ._-]+/gu, '_');
  const chosen = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, `${stem}.${CHECKPOINT_ENDING}`) }),
    filters: { [vscode.l10n.t('Checkpoint')]: [CHECKPOINT_ENDING] },
  });
  if (!chosen) throw new vscode.CancellationError();
  return chosen;
}
