import { cellsAtSelections } from '../cells/selected.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';
import { runCells } from './run-cells.ts';

/** Runs what is selected, or the statement at the cursor; with several cursors, from top to bottom. */
export const runSelection = command({
  id: 'holdfast.runSelection',
  argument: NoArgument,
  run: async (services) => runCells(services, await cellsAtSelections(activeEditor(), services.statements)),
});
