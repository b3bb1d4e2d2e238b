import * as vscode from 'vscode';
import { visible } from '../inline/visible.ts';
import { isIdentifier } from '../namespace/insertion.ts';
import { refusal } from '../namespace/refusal.ts';
import { command } from './command.ts';
import { namedOrSelected, VariableArgument } from './namespace-arguments.ts';
import { pickSession } from './pick-session.ts';

/** Gives a variable another name. */
export const renameVariable = command({
  id: 'holdfast.renameVariable',
  argument: VariableArgument.optional(),
  async run(services, argument) {
    const { sessionId, name } = namedOrSelected(VariableArgument, argument, services);
    const { sessions, namespaces, values } = services;
    const session = await pickSession(sessions, sessionId);
    const syntax = session.language === 'python' ? 'python' : 'script';
    const { t } = vscode.l10n;
    const to = await vscode.window.showInputBox({
      title: t('New name of {0}', visible(name)),
      value: name,
      validateInput: (text) => {
        if (!isIdentifier(text, syntax)) return t('A name consists of letters, digits and underscores.');
        if (text !== name && namespaces.variable(sessionId, text)) return t('There is a variable of this name.');
        return undefined;
      },
    });
    if (to === undefined || to === name) return;
    const outcome = await values.edit(sessionId, { kind: 'rename', name, to });
    if (outcome.status !== 'done') throw refusal(outcome, session, vscode.l10n);
  },
});
