import * as vscode from 'vscode';
import { NothingToDo } from '../platform/user-error.ts';
import { outputUri } from '../views/output-document.ts';
import { ExecutionArgument } from './arguments.ts';
import { command } from './command.ts';

/** Opens the whole output of an execution as a document: of the one that is named, else of the newest. */
export const openOutput = command({
  id: 'holdfast.openOutput',
  argument: ExecutionArgument.optional(),
  async run({ executions }, argument) {
    const execution = argument
      ? executions.get(argument.executionId)
      : executions.all().findLast(({ output }) => output.total > 0);
    const uri = execution && outputUri(execution);
    if (!uri) throw new NothingToDo(vscode.l10n.t('There is no output to open.'));
    // Not as a text document of the extension host, which cannot be larger than 50 MB.
    await vscode.commands.executeCommand('vscode.open', uri, { preview: false });
  },
});
