import * as vscode from 'vscode';
import * as z from 'zod';
import type { Prompt } from '../../backend/protocol/client/index.ts';
import { PromptId } from '../../backend/protocol/values.ts';
import { NothingToDo, UserError } from '../platform/user-error.ts';
import { decision, isDecidable } from '../prompts/decision.ts';
import type { Services } from '../services.ts';

/** Names a prompt; rows of the Prompts & Grants view have this shape too. In a view's title it gets the row that is selected. */
export const PromptArgument = z.object({ promptId: PromptId }).optional().catch(undefined);

/** Answers the prompt that is named, else the one on the screen, else the oldest that asks whether something is allowed. */
export async function decidePrompt(
  { prompts, promptBox }: Services,
  argument: z.infer<typeof PromptArgument>,
  allowed: boolean,
): Promise<void> {
  const prompt = argument ? prompts.get(argument.promptId) : undecided(prompts.all(), promptBox.shown);
  if (!prompt) throw new NothingToDo(vscode.l10n.t('No question waits for an answer.'));
  const answer = decision(prompt, allowed);
  if (answer === undefined) {
    throw new UserError(vscode.l10n.t('This question is not answered by a yes or a no.'), [
      { title: vscode.l10n.t('Answer'), command: 'holdfast.answerPrompt', args: [{ promptId: prompt.promptId }] },
    ]);
  }
  await promptBox.answer(prompt.promptId, answer);
}

function undecided(all: readonly Prompt[], shown: Prompt | undefined): Prompt | undefined {
  return shown && isDecidable(shown) ? shown : all.find(isDecidable);
}
