import { command, NoArgument } from './command.ts';

/** Forgets executions that have ended. */
export const clearResults = command({
  id: 'holdfast.clearResults',
  argument: NoArgument,
  run: ({ executions }) => executions.clear(),
});
