import * as vscode from 'vscode';
import { hasEnded } from '../client/execution.ts';
import { sessionOfActiveEditor } from '../client/session-of-editor.ts';
import { NothingToDo } from '../platform/user-error.ts';
import { ExecutionArgument } from './arguments.ts';
import { command } from './command.ts';

/** Cancels the execution that is named; without a name everything that runs or waits, in the active editor's session first. */
export const cancelExecution = command({
  id: 'holdfast.cancelExecution',
  argument: ExecutionArgument.optional(),
  async run({ sessions, executions, runner }, argument) {
    if (argument) {
      await runner.cancel(argument.executionId);
      return;
    }
    const unfinished = executions.unfinished();
    if (unfinished.length === 0) throw new NothingToDo(vscode.l10n.t('Nothing is running.'));
    const active = sessionOfActiveEditor(sessions)?.sessionId;
    const own = unfinished.filter(({ sessionId }) => sessionId === null || sessionId === active);
    const chosen = own.length > 0 ? own : unfinished;
    // What waits goes first: else it would start in the moment between.
    for (const execution of chosen.filter(({ sessionId }) => sessionId === null)) await runner.cancel(execution.id);
    const busy = new Set(chosen.filter((it) => !hasEnded(it)).map(({ sessionId }) => sessionId));
    await Promise.all([...busy].filter((id) => id !== null).map((id) => sessions.interrupt(id)));
  },
});
