import { cellAt, cellsOf } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';
import { goToCell } from './go-to-cell.ts';

/** Runs the cell at the cursor and moves the cursor to the next one. */
export const runCellAndAdvance = command({
  id: 'holdfast.runCellAndAdvance',
  argument: NoArgument,
  async run(services) {
    const editor = activeEditor();
    const { document, selection } = editor;
    const cell = cellAt(document, selection.active.line);
    const running = services.run(cell);
    const cells = cellsOf(document);
    const lines = cells.runnable(selection.active.line);
    const next = lines && cells.after(lines);
    if (next) goToCell(editor, next);
    return await running;
  },
});
