import * as vscode from 'vscode';
import { plainText, visible } from '../inline/visible.ts';
import { refusal } from '../namespace/refusal.ts';
import { command } from './command.ts';
import { namedOrSelected, VariableArgument } from './namespace-arguments.ts';
import { pickSession } from './pick-session.ts';

/** A preview that was cut is no literal. */
const CUT = /…|\.\.\./;

/** Gives a variable another value, written as a literal. */
export const editVariable = command({
  id: 'holdfast.editVariable',
  argument: VariableArgument.optional(),
  async run(services, argument) {
    const { sessionId, name } = namedOrSelected(VariableArgument, argument, services);
    const { sessions, namespaces, values } = services;
    const session = await pickSession(sessions, sessionId);
    const { t } = vscode.l10n;
    const preview = namespaces.variable(sessionId, name)?.variable.preview ?? '';
    let text = CUT.test(preview) ? '' : preview;
    let problem: string | undefined;
    for (;;) {
      const typed = await vscode.window.showInputBox({
        title: t('New value of {0}', visible(name)),
        value: text,
        prompt: problem ?? t('A literal: a number, a string, a list of them and so on. Nothing in it is called.'),
        validateInput: (it) => (it.trim() === '' ? t('Write a value.') : undefined),
      });
      if (typed === undefined) return;
      const outcome = await values.edit(sessionId, { kind: 'set', name, text: typed });
      if (outcome.status === 'done') return;
      if (outcome.status === 'busy') throw refusal(outcome, session, vscode.l10n);
      // The person may put right what they wrote.
      text = typed;
      problem = plainText(outcome.message);
    }
  },
});
