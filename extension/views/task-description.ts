import * as vscode from 'vscode';
import type { BackgroundTask } from '../../backend/protocol/values.ts';

/** What a background task is and since when it has been there. */
export function taskDescription({ kind, since }: BackgroundTask): string {
  const time = new Date(since).toLocaleTimeString();
  const { t } = vscode.l10n;
  switch (kind) {
    case 'task':
      return t('task since {0}', time);
    case 'timer':
      return t('timer since {0}', time);
    case 'thread':
      return t('thread since {0}', time);
  }
}
