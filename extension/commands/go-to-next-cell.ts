import { cellsOf } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';
import { goToCell } from './go-to-cell.ts';

/** Moves the cursor to the next cell; stays in the last one. */
export const goToNextCell = command({
  id: 'holdfast.goToNextCell',
  argument: NoArgument,
  run() {
    const editor = activeEditor();
    const cell = cellsOf(editor.document).next(editor.selection.active.line);
    if (cell) goToCell(editor, cell);
  },
});
