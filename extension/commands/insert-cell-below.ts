import * as vscode from 'vscode';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { cellsOf, dialectOf } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command, NoArgument } from './command.ts';

/** Puts an empty cell behind the one at the cursor, and the cursor into it. */
export const insertCellBelow = command({
  id: 'holdfast.insertCellBelow',
  argument: NoArgument,
  async run() {
    const editor = activeEditor();
    const { document } = editor;
    const { commentPrefix } = languageOfDialect(dialectOf(document));
    const end = cellsOf(document).around(editor.selection.active.line)?.end ?? document.lineCount - 1;
    const last = document.lineAt(end);
    const before = last.isEmptyOrWhitespace ? '' : '\n';
    const after = end < document.lineCount - 1 ? '\n' : '';
    await editor.edit((edit) => edit.insert(last.range.end, `${before}\n${commentPrefix} %%\n${after}`));
    const line = end + (before ? 3 : 2);
    editor.selection = new vscode.Selection(line, 0, line, 0);
    editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  },
});
