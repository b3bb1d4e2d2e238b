import { command } from './command.ts';
import { decidePrompt, PromptArgument } from './decide-prompt.ts';

/** Says yes to what a program asks: this once. */
export const allowPrompt = command({
  id: 'holdfast.allowPrompt',
  argument: PromptArgument,
  run: (services, argument) => decidePrompt(services, argument, true),
});
