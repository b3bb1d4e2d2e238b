import * as vscode from 'vscode';
import { UserError } from '../platform/user-error.ts';
import { command } from './command.ts';
import { namedOrSelected, ValueArgument } from './namespace-arguments.ts';

/** Copies how code names a value: `planets["Mars"]`. */
export const copyVariableName = command({
  id: 'holdfast.copyVariableName',
  argument: ValueArgument.optional(),
  async run(services, argument) {
    const { expression } = namedOrSelected(ValueArgument, argument, services);
    if (expression === null) throw new UserError(vscode.l10n.t('Code has no name for this value.'));
    await vscode.env.clipboard.writeText(expression);
  },
});
