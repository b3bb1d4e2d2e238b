import { cellsOf } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';
import { goToCell } from './go-to-cell.ts';

/** Moves the cursor to the beginning of its cell, or from there to the cell before. */
export const goToPreviousCell = command({
  id: 'holdfast.goToPreviousCell',
  argument: NoArgument,
  run() {
    const editor = activeEditor();
    const cell = cellsOf(editor.document).previous(editor.selection.active.line);
    if (cell) goToCell(editor, cell);
  },
});
