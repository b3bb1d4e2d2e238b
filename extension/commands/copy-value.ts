import * as vscode from 'vscode';
import { NothingToDo } from '../platform/user-error.ts';
import { ExecutionArgument } from './arguments.ts';
import { command } from './command.ts';

/** Copies an execution's value as text: of the one that is named, else of the newest. */
export const copyValue = command({
  id: 'holdfast.copyValue',
  argument: ExecutionArgument.optional(),
  async run({ executions }, argument) {
    const execution = argument
      ? executions.get(argument.executionId)
      : executions.all().findLast(({ value }) => value !== null);
    if (execution?.value == null) throw new NothingToDo(vscode.l10n.t('There is no value to copy.'));
    await vscode.env.clipboard.writeText(execution.value);
  },
});
