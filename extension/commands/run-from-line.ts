import { cellsWithin, dialectOf } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';
import { runCells } from './run-cells.ts';

/** Runs the file from the statement at the cursor to its last line, cell by cell. */
export const runFromLine = command({
  id: 'holdfast.runFromLine',
  argument: NoArgument,
  async run(services) {
    const { document, selection } = activeEditor();
    const { line } = selection.active;
    const statement = await services.statements.at(document.getText(), line, dialectOf(document));
    const start = statement?.start ?? line;
    return await runCells(services, cellsWithin(document, { start, end: document.lineCount - 1 }));
  },
});
