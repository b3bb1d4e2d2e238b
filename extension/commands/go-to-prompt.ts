import * as vscode from 'vscode';
import { NothingToDo } from '../platform/user-error.ts';
import { askingPlace } from '../prompts/asking-place.ts';
import { revealLine } from '../views/reveal-source.ts';
import { command } from './command.ts';
import { PromptArgument } from './decide-prompt.ts';

/** Shows the line that asks: of the prompt that is named, else of the one on the screen, else of the oldest. */
export const goToPrompt = command({
  id: 'holdfast.goToPrompt',
  argument: PromptArgument,
  async run({ prompts, promptBox, executions, inline }, argument) {
    const prompt = argument ? prompts.get(argument.promptId) : (promptBox.shown ?? prompts.all()[0]);
    if (!prompt) throw new NothingToDo(vscode.l10n.t('No question waits for an answer.'));
    const place = askingPlace(prompt, executions, inline);
    if (!place) throw new NothingToDo(vscode.l10n.t('Nobody knows which line asks.'));
    await revealLine(place.uri, place.line);
  },
});
