import * as vscode from 'vscode';
import { cellsOf } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';

/** Selects the cell at the cursor with its marker. */
export const selectCell = command({
  id: 'holdfast.selectCell',
  argument: NoArgument,
  run() {
    const editor = activeEditor();
    const cell = cellsOf(editor.document).around(editor.selection.active.line);
    if (cell)
      editor.selection = new vscode.Selection(cell.start, 0, cell.end, editor.document.lineAt(cell.end).text.length);
  },
});
