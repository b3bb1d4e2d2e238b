import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../backend/protocol/client/index.ts';
import type { LanguageId } from '../../backend/protocol/values.ts';
import type { Checkpoints } from '../client/checkpoints.ts';
import { NothingToDo, UserError } from '../platform/user-error.ts';
import { checkpointDetails, checkpointName, checkpointSummary } from '../views/checkpoints/words.ts';

/**
 * The checkpoint that was named, else the one picked. @param language of those to choose from; undefined: all.
 * @throws UserError when there is none
 */
export async function pickCheckpoint(
  checkpoints: Checkpoints,
  checkpointId: string | undefined,
  title: string,
  language?: LanguageId,
): Promise<CheckpointInfo> {
  const all = await checkpoints.list();
  if (checkpointId !== undefined) {
    const found = all.find((checkpoint) => checkpoint.checkpointId === checkpointId);
    if (!found) throw new UserError(vscode.l10n.t('That checkpoint is not there any more.'));
    return found;
  }
  const choices = all
    .filter((checkpoint) => language === undefined || checkpoint.language === language)
    .map((checkpoint) => ({
      label: checkpointName(checkpoint),
      description: checkpointSummary(checkpoint),
      detail: checkpointDetails(checkpoint)[1] ?? '',
      checkpoint,
    }));
  if (choices.length === 0) throw new NothingToDo(vscode.l10n.t('There is no checkpoint yet.'));
  const picked = await vscode.window.showQuickPick(choices, { title, matchOnDescription: true });
  if (!picked) throw new vscode.CancellationError();
  return picked.checkpoint;
}

/** Asks for the name of a checkpoint. @throws CancellationError when the person goes away */
export async function askCheckpointName(
  { title, value, prompt }: { readonly title: string; readonly value: string; readonly prompt: string },
  checkpoints: readonly CheckpointInfo[],
): Promise<string> {
  const { t } = vscode.l10n;
  const taken = new Set(checkpoints.map(({ name }) => name));
  const name = await vscode.window.showInputBox({
    title,
    value,
    prompt,
    validateInput: (text) => {
      if (text.trim() === '') return t('A checkpoint needs a name.');
      if (text.trim().length > 100) return t('This is too long: 100 characters at most.');
      return text.trim() !== value && taken.has(text.trim()) ? t('Another checkpoint has this name.') : undefined;
    },
  });
  if (name === undefined) throw new vscode.CancellationError();
  return name.trim();
}
