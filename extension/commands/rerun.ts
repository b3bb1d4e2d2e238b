import * as vscode from 'vscode';
import { keptRequest } from '../client/kept-source.ts';
import { UserError } from '../platform/user-error.ts';
import { ExecutionArgument } from './arguments.ts';
import { command } from './command.ts';

/**
 * Runs an execution's code again: what stands at its place now, or what it was when its document is closed; of one from before this window
 * what the backend has kept.
 */
export const rerun = command({
  id: 'holdfast.rerun',
  argument: ExecutionArgument.optional(),
  async run({ executions, sessions, inline, run, runAgain }, argument) {
    const execution = argument ? executions.get(argument.executionId) : executions.all().findLast((it) => it.dialect);
    if (argument && !execution) {
      const kept = await keptRequest(sessions, argument.executionId);
      if (!kept) throw new UserError(vscode.l10n.t('Its code is not known any more: run it from its document.'));
      await runAgain(kept);
      return;
    }
    if (!execution?.dialect || !execution.source) {
      throw new UserError(vscode.l10n.t('That execution is not known any more.'));
    }
    const { dialect, source, code } = execution;
    const place = inline.locate(execution.id);
    if (place) {
      const { uri, range } = place;
      const document = await vscode.workspace.openTextDocument(uri);
      const { line, character: column } = range.start;
      const moved = { ...source, line: line + 1, column };
      await run({ document, dialect, source: moved, code: document.getText(range), range });
    } else if (code !== null) await runAgain({ dialect, source, code });
    else throw new UserError(vscode.l10n.t('Its code is not known any more: run it from its document.'));
  },
});
