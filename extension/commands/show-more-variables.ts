import * as z from 'zod';
import { command } from './command.ts';

/** Draws the next rows of the Namespace view below one of its rows. */
export const showMoreVariables = command({
  id: 'holdfast.showMoreVariables',
  argument: z.object({ rowId: z.string() }),
  run: ({ namespaceTree }, { rowId }) => namespaceTree.showMore(rowId),
});
