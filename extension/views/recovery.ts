import * as vscode from 'vscode';
import type { SessionRecovery, Sessions } from '../client/sessions.ts';
import { plainText } from '../inline/visible.ts';
import type { Disposable } from '../platform/disposables.ts';
import { recoveryReport } from './checkpoints/reports.ts';
import { namesInWords } from './names-in-words.ts';
import type { ReportDocuments } from './report-documents.ts';

/** Tells the person what came back, and what did not, when a worker went away. */
export function showRecoveries(sessions: Sessions, reports: ReportDocuments, log: vscode.LogOutputChannel): Disposable {
  return sessions.onRecovered(async (recovery) => {
    const message = describe(recovery);
    log.warn(message);
    for (const { name, reason } of recovery.lost) log.warn(`${name}: ${reason ?? ''}`);
    const { t } = vscode.l10n;
    const show = recovery.checkpoint ? t('Show What Was Restored') : t('Show What Was Lost');
    if ((await vscode.window.showWarningMessage(plainText(message), show)) !== show) return;
    await reports.show(t('After the worker of {0} ended', recovery.session.name), recoveryReport(recovery));
  });
}

function describe({ session, checkpoint, restored, older, lost }: SessionRecovery): string {
  const { name } = session;
  const gone = namesInWords(lost.map((one) => one.name));
  if (!checkpoint) return vscode.l10n.t('The worker of {0} ended. Its variables are lost: {1}.', name, gone);
  const time = new Date(checkpoint.createdAt).toLocaleTimeString();
  const count = restored.length + older.length;
  const parts = [
    vscode.l10n.t('The worker of {0} ended. Variables restored from the checkpoint of {1}: {2}.', name, time, count),
  ];
  if (older.length > 0)
    parts.push(vscode.l10n.t('As they were then, not as they were last: {0}.', namesInWords(older)));
  if (lost.length > 0) parts.push(vscode.l10n.t('Lost: {0}.', gone));
  return parts.join(' ');
}
