import { cellsWithin, dialectOf } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';
import { runCells } from './run-cells.ts';

/** Runs the file from its first line through the statement at the cursor, cell by cell. */
export const runToLine = command({
  id: 'holdfast.runToLine',
  argument: NoArgument,
  async run(services) {
    const { document, selection } = activeEditor();
    const { line } = selection.active;
    const statement = await services.statements.at(document.getText(), line, dialectOf(document));
    const end = statement && statement.start <= line ? statement.end : line;
    return await runCells(services, cellsWithin(document, { start: 0, end }));
  },
});
