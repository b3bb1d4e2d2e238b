import { command } from './command.ts';
import { decidePrompt, PromptArgument } from './decide-prompt.ts';

/** Says no to what a program asks: this once. */
export const denyPrompt = command({
  id: 'holdfast.denyPrompt',
  argument: PromptArgument,
  run: (services, argument) => decidePrompt(services, argument, false),
});
