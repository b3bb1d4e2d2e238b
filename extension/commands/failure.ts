import * as vscode from 'vscode';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import { plainText } from '../inline/visible.ts';
import { type ErrorAction, NothingToDo, UserError } from '../platform/user-error.ts';

/** How long a message in the status bar stays. */
const PASSING_MS = 5000;

/** The one place where the failure of something that a person asked for reaches them. @param id of the command, for the log */
export async function showFailure(id: string, error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (isCancellation(error)) return;
  if (error instanceof NothingToDo) {
    vscode.window.setStatusBarMessage(`$(info) ${plainText(error.message)}`, PASSING_MS);
    return;
  }
  const known = error instanceof UserError || error instanceof HoldfastError;
  log.error(`${id}: ${error instanceof Error ? (known ? error.message : error.stack) : String(error)}`);
  const actions: readonly ErrorAction[] =
    error instanceof UserError ? error.actions : [{ title: vscode.l10n.t('Show Log'), command: 'holdfast.showLog' }];
  const message = known ? error.message : vscode.l10n.t('{0} failed: {1}', id, String(error));
  // Not awaited: the command has ended, whether or not somebody answers the message.
  void vscode.window.showErrorMessage(plainText(message), ...actions.map(({ title }) => title)).then((title) => {
    const action = actions.find((it) => it.title === title);
    if (action) void vscode.commands.executeCommand(action.command, ...(action.args ?? []));
  });
}

function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof HoldfastError && error.code === 'cancelled');
}
