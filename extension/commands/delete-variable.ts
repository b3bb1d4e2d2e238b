import * as vscode from 'vscode';
import { plainText } from '../inline/visible.ts';
import { refusal } from '../namespace/refusal.ts';
import { command } from './command.ts';
import { namedOrSelected, VariableArgument } from './namespace-arguments.ts';
import { pickSession } from './pick-session.ts';

/** Removes a variable from its session, after asking: what it held may have taken long to make. */
export const deleteVariable = command({
  id: 'holdfast.deleteVariable',
  argument: VariableArgument.optional(),
  async run(services, argument) {
    const { sessionId, name } = namedOrSelected(VariableArgument, argument, services);
    const session = await pickSession(services.sessions, sessionId);
    const { t } = vscode.l10n;
    const remove = t('Delete');
    const question = t('Delete the variable {0} from {1}?', plainText(name), session.name);
    const detail = t('Its value is gone then. Running its code again makes it anew.');
    const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
    if (chosen !== remove) return;
    const outcome = await services.values.edit(sessionId, { kind: 'delete', name });
    if (outcome.status !== 'done') throw refusal(outcome, session, vscode.l10n);
  },
});
