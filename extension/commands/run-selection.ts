import { cellAtSelection } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';

/** Runs the selection, or the statement at the cursor. */
export const runSelection = command({
  id: 'holdfast.runSelection',
  argument: NoArgument,
  run: (services) => services.run(cellAtSelection(activeEditor())),
});
