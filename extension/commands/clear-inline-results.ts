import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';

/** Removes the inline results of the active editor. What they showed stays in the results panel. */
export const clearInlineResults = command({
  id: 'holdfast.clearInlineResults',
  argument: NoArgument,
  run: ({ inline }) => inline.clear(activeEditor().document.uri),
});
