import * as vscode from 'vscode';
import type { Checkpoints } from '../client/checkpoints.ts';
import type { Sessions } from '../client/sessions.ts';
import { plainText } from '../inline/visible.ts';
import type { Disposable } from '../platform/disposables.ts';
import { heldBy, timeWords, variablesWord } from './checkpoints/words.ts';

/** Offers the last checkpoint of a session that went with its backend to the session that takes its place. */
export function offerRestores(
  sessions: Sessions,
  checkpoints: Checkpoints,
  failed: (error: unknown) => void,
): Disposable {
  return sessions.onSucceeded(async ({ session: { sessionId, name }, before }) => {
    try {
      const newest = (await checkpoints.list()).find((checkpoint) => checkpoint.sessionId === before);
      if (!newest) return;
      const { t } = vscode.l10n;
      const message = t(
        '{0} begins anew: its session ended with the backend. A checkpoint of it has {1}, as they were at {2}.',
        plainText(name),
        variablesWord(heldBy(newest)),
        timeWords(newest.createdAt),
      );
      const restore = t('Restore…');
      if ((await vscode.window.showInformationMessage(message, restore)) !== restore) return;
      const { checkpointId } = newest;
      await vscode.commands.executeCommand('holdfast.restoreCheckpoint', { checkpointId, sessionId });
    } catch (error) {
      failed(error);
    }
  });
}
