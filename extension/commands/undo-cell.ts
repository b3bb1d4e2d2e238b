import * as vscode from 'vscode';
import * as z from 'zod';
import { plainText } from '../inline/visible.ts';
import { setting } from '../platform/settings.ts';
import { UserError } from '../platform/user-error.ts';
import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickSession } from './pick-session.ts';
import { showPassing } from './show-passing.ts';

/** A session, and whether a key binding has thought about it. */
const UndoArgument = SessionArgument.partial().extend({ confirmed: z.boolean().optional() });

/** Takes the last cell of a session back, after saying what stays done. */
export const undoCell = command({
  id: 'holdfast.undoCell',
  argument: UndoArgument.optional().catch(undefined),
  async run({ sessions, executions, inline }, argument) {
    const { t } = vscode.l10n;
    if (!setting('python.undo.enabled')) throw notEnabled();
    const { sessionId, name } = await pickSession(sessions, argument?.sessionId);
    if (!argument?.confirmed) await confirm(plainText(name));
    const executionId = await sessions.undoCell(sessionId);
    inline.remove(executionId);
    executions.loseTable(executionId);
    const title = executions.get(executionId)?.title;
    showPassing(title ? t('Undone: {0}', title) : t('The last cell is undone'));
  },
});

/** @throws CancellationError */
async function confirm(session: string): Promise<void> {
  const { t } = vscode.l10n;
  const undo = t('Undo');
  const question = t('Undo the last cell of {0}?', session);
  const detail = t(
    'Variables go back to what they were before it. What it did elsewhere stays done: files, databases, requests, and how far open files and connections were read. Processes, threads and tasks that it started end.',
  );
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, undo);
  if (chosen !== undo) throw new vscode.CancellationError();
}

function notEnabled(): UserError {
  const { t } = vscode.l10n;
  return new UserError(t('Undoing cells is off. Switch it on, and restart the session.'), [
    {
      title: t('Open Settings'),
      command: 'workbench.action.openSettings',
      args: ['holdfast.python.undo'],
    },
  ]);
}
