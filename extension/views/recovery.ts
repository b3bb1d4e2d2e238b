import * as vscode from 'vscode';
import type { SessionRecovery, Sessions } from '../client/sessions.ts';
import { shortenTo } from '../inline/columns.ts';
import { plainText } from '../inline/visible.ts';
import type { Disposable } from '../platform/disposables.ts';

/** Names in a message; the log has all. */
const MAX_NAMED = 5;
/** Of one name: a program may choose any text. */
const MAX_COLUMNS = 40;

/** Tells the person what came back, and what did not, when a worker went away. */
export function showRecoveries(sessions: Sessions, log: vscode.LogOutputChannel): Disposable {
  return sessions.onRecovered(async (recovery) => {
    const message = describe(recovery);
    log.warn(message);
    for (const { name, reason } of recovery.lost) log.warn(`${name}: ${reason ?? ''}`);
    const show = vscode.l10n.t('Show Log');
    if ((await vscode.window.showWarningMessage(plainText(message), show)) === show) log.show();
  });
}

function describe({ session, checkpoint, restored, older, lost }: SessionRecovery): string {
  const { name } = session;
  const gone = list(lost.map((one) => one.name));
  if (!checkpoint) return vscode.l10n.t('The worker of {0} ended. Its variables are lost: {1}.', name, gone);
  const time = new Date(checkpoint.createdAt).toLocaleTimeString();
  const count = restored.length + older.length;
  const parts = [
    vscode.l10n.t('The worker of {0} ended. Variables restored from the checkpoint of {1}: {2}.', name, time, count),
  ];
  if (older.length > 0) parts.push(vscode.l10n.t('As they were then, not as they were last: {0}.', list(older)));
  if (lost.length > 0) parts.push(vscode.l10n.t('Lost: {0}.', gone));
  return parts.join(' ');
}

function list(names: readonly string[]): string {
  const named = names
    .slice(0, MAX_NAMED)
    .map((name) => shortenTo(name, MAX_COLUMNS))
    .join(', ');
  return names.length > MAX_NAMED ? vscode.l10n.t('{0} and {1} more', named, names.length - MAX_NAMED) : named;
}
