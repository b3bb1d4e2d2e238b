import * as vscode from 'vscode';
import { cellsWithin } from '../cells/cell.ts';
import { NothingToDo } from '../platform/user-error.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';
import { runCells } from './run-cells.ts';

/** Runs every cell of the file, one after the other. */
export const runAllCells = command({
  id: 'holdfast.runAllCells',
  argument: NoArgument,
  async run(services) {
    const { document } = activeEditor();
    const cells = cellsWithin(document, { start: 0, end: document.lineCount - 1 });
    if (cells.length === 0) throw new NothingToDo(vscode.l10n.t('There is nothing but white space to run.'));
    return await runCells(services, cells);
  },
});
