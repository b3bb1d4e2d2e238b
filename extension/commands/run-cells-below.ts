import * as vscode from 'vscode';
import { cellsOf, cellsWithin } from '../cells/cell.ts';
import { NothingToDo } from '../platform/user-error.ts';
import { CellArgument, cellTarget } from './cell-target.ts';
import { command } from './command.ts';
import { runCells } from './run-cells.ts';

/** Runs the cell at the cursor or at a line and every cell below it. */
export const runCellsBelow = command({
  id: 'holdfast.runCellsBelow',
  argument: CellArgument,
  async run(services, argument) {
    const { document, line } = await cellTarget(argument);
    const start = cellsOf(document).outermost(line)?.start ?? 0;
    const cells = cellsWithin(document, { start, end: document.lineCount - 1 });
    if (cells.length === 0) throw new NothingToDo(vscode.l10n.t('There is no code at the cursor or below it.'));
    return await runCells(services, cells);
  },
});
