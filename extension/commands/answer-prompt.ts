import * as vscode from 'vscode';
import { NothingToDo } from '../platform/user-error.ts';
import { command } from './command.ts';
import { PromptArgument } from './decide-prompt.ts';

/** Shows a question that waits for an answer: the one that is named, else the oldest. */
export const answerPrompt = command({
  id: 'holdfast.answerPrompt',
  argument: PromptArgument,
  run({ prompts, promptBox }, argument) {
    const prompt = argument ? prompts.get(argument.promptId) : prompts.all()[0];
    if (!prompt) throw new NothingToDo(vscode.l10n.t('No question waits for an answer.'));
    promptBox.show(prompt);
  },
});
