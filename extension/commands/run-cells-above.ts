import * as vscode from 'vscode';
import { cellsOf, cellsWithin } from '../cells/cell.ts';
import { NothingToDo } from '../platform/user-error.ts';
import { CellArgument, cellTarget } from './cell-target.ts';
import { command } from './command.ts';
import { runCells } from './run-cells.ts';

/** Runs every cell above the one at the cursor or at a line. */
export const runCellsAbove = command({
  id: 'holdfast.runCellsAbove',
  argument: CellArgument,
  async run(services, argument) {
    const { document, line } = await cellTarget(argument);
    const start = cellsOf(document).outermost(line)?.start ?? 0;
    const cells = start > 0 ? cellsWithin(document, { start: 0, end: start - 1 }) : [];
    if (cells.length === 0) throw new NothingToDo(vscode.l10n.t('There is no cell with code above this one.'));
    return await runCells(services, cells);
  },
});
