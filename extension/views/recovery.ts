import path from 'node:path';
import * as vscode from 'vscode';
import type { Execution } from '../client/execution.ts';
import type { SessionRecovery } from '../client/known-sessions.ts';
import type { LostExecutions } from '../client/lost-executions.ts';
import type { Sessions } from '../client/sessions.ts';
import { plainText } from '../inline/visible.ts';
import type { Disposable } from '../platform/disposables.ts';
import { recoveryReport } from './checkpoints/reports.ts';
import { namesInWords } from './names-in-words.ts';
import type { ReportDocuments } from './report-documents.ts';

/** Tells the person that the backend is gone, and how to have its sessions back. */
export function showSleep(sessions: Sessions, lost: LostExecutions, log: vscode.LogOutputChannel): Disposable {
  return sessions.onFellAsleep(async (asleep) => {
    const executions = asleep.flatMap(({ sessionId }) => lost.take(sessionId));
    const names = namesInWords(asleep.map(({ name }) => name));
    const message = vscode.l10n.t(
      'The Holdfast backend ended. These sessions come back with their last checkpoint when code runs: {0}.',
      names,
    );
    const start = vscode.l10n.t('Start Again');
    const rerun = executions.length > 0 ? [vscode.l10n.t('Rerun')] : [];
    const said = [message, ...whatWasLost(executions)].join(' ');
    const chosen = await vscode.window.showWarningMessage(plainText(said), start, ...rerun);
    if (chosen === undefined) return;
    await sessions.client().catch((error: Error) => log.error(error.message));
    if (chosen !== start) await runAgain(executions);
  });
}

/** Tells the person what came back, and what did not, when a worker went away. */
export function showRecoveries(
  sessions: Sessions,
  lost: LostExecutions,
  reports: ReportDocuments,
  log: vscode.LogOutputChannel,
): Disposable {
  return sessions.onRecovered(async (recovery) => {
    const executions = lost.take(recovery.session.sessionId);
    const message = [describe(recovery), ...whatWasLost(executions)].join(' ');
    log.warn(message);
    for (const { name, reason } of recovery.lost) log.warn(`${name}: ${reason ?? ''}`);
    const { t } = vscode.l10n;
    const show = recovery.checkpoint ? t('Show What Was Restored') : t('Show What Was Lost');
    const rerun = executions.length > 0 ? [t('Rerun')] : [];
    const chosen = await vscode.window.showWarningMessage(plainText(message), show, ...rerun);
    if (chosen === undefined) return;
    if (chosen !== show) {
      await runAgain(executions);
      return;
    }
    await reports.show(t('After the worker of {0} ended', recovery.session.name), recoveryReport(recovery));
  });
}

function whatWasLost(executions: readonly Execution[]): string[] {
  const places = executions.map(({ source, title }) =>
    source ? `${path.basename(source.name)}:${source.line}` : (title ?? ''),
  );
  return places.length === 0 ? [] : [vscode.l10n.t('What ran or waited is lost: {0}.', namesInWords(places))];
}

/** As they stand in their documents now, in the order in which they were asked for. */
async function runAgain(executions: readonly Execution[]): Promise<void> {
  for (const { id } of executions) await vscode.commands.executeCommand('holdfast.rerun', { executionId: id });
}

function describe({ session, checkpoint, known, restored, older, lost }: SessionRecovery): string {
  const { name } = session;
  const gone = namesInWords(lost.map((one) => one.name));
  if (!known) return describeReturn(name, checkpoint, restored.length, gone);
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

/** Of a session whose backend went away, too. */
function describeReturn(
  name: string,
  checkpoint: SessionRecovery['checkpoint'],
  restored: number,
  gone: string,
): string {
  if (!checkpoint)
    return vscode.l10n.t(
      'The backend of {0} went away, and there is no checkpoint of it: what variables it had are lost.',
      name,
    );
  const time = new Date(checkpoint.createdAt).toLocaleTimeString();
  const parts = [
    vscode.l10n.t('{0} is back. Variables restored from the checkpoint of {1}: {2}.', name, time, restored),
    vscode.l10n.t('What came after it is lost.'),
  ];
  if (gone !== '') parts.push(vscode.l10n.t('Lost: {0}.', gone));
  return parts.join(' ');
}
