import { cellAt } from '../cells/cell.ts';
import { CellArgument, cellTarget } from './cell-target.ts';
import { command } from './command.ts';

/** Runs the cell at the cursor or at a line; in a file without cell markers that is the file. */
export const runCell = command({
  id: 'holdfast.runCell',
  argument: CellArgument,
  async run(services, argument) {
    const { document, line } = await cellTarget(argument);
    return await services.run(cellAt(document, line));
  },
});
