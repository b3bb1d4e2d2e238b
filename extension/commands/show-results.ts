import { ExecutionArgument } from './arguments.ts';
import { command } from './command.ts';

/** Shows the results panel, at an execution when one is named. */
export const showResults = command({
  id: 'holdfast.showResults',
  // In a view's title it gets the row that is selected.
  argument: ExecutionArgument.optional().catch(undefined),
  run: ({ results }, argument) => results.show(argument?.executionId),
});
