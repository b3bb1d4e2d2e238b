import { command, NoArgument } from './command.ts';

/** Shows the results in an editor, which can be moved to a window of its own. */
export const openResultsInEditor = command({
  id: 'holdfast.openResultsInEditor',
  argument: NoArgument,
  run: ({ results }) => results.openInEditor(),
});
