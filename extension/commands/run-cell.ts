import { cellAtCursor } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';

/** Runs the cell at the cursor; in a file without cell markers that is the file. */
export const runCell = command({
  id: 'holdfast.runCell',
  argument: NoArgument,
  run: (services) => services.run(cellAtCursor(activeEditor()).cell),
});
