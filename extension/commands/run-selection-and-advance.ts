import * as vscode from 'vscode';
import { cellsAtSelections } from '../cells/selected.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';
import { runCells } from './run-cells.ts';

/** Runs what is selected, or the statement at the cursor, and moves the cursor to the statement below. */
export const runSelectionAndAdvance = command({
  id: 'holdfast.runSelectionAndAdvance',
  argument: NoArgument,
  async run(services) {
    const editor = activeEditor();
    const { document } = editor;
    const { version } = document;
    const cells = await cellsAtSelections(editor, services.statements);
    const running = runCells(services, cells);
    const last = cells.at(-1);
    if (last && document.version === version) {
      const below = last.range.end.line + 1;
      const next = await services.statements.at(document.getText(), below, last.dialect);
      const line = Math.min(next?.start ?? below, document.lineCount - 1);
      editor.selection = new vscode.Selection(line, 0, line, 0);
      editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
    return await running;
  },
});
