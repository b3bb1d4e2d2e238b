import * as vscode from 'vscode';
import { cellAtCursor } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';

/** Runs the cell at the cursor and moves the cursor to the next one. */
export const runCellAndAdvance = command({
  id: 'holdfast.runCellAndAdvance',
  argument: NoArgument,
  async run(services) {
    const editor = activeEditor();
    const { cell, nextLine } = cellAtCursor(editor);
    const running = services.run(cell);
    if (nextLine !== undefined) {
      // The marker's line is the cell's title: below it is where one goes on.
      const line = Math.min(nextLine + 1, editor.document.lineCount - 1);
      editor.selection = new vscode.Selection(line, 0, line, 0);
      editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
    return await running;
  },
});
