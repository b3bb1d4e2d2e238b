import * as vscode from 'vscode';
import { NothingToDo } from '../platform/user-error.ts';
import { type Cell, dialectOf, makeCell } from './cell.ts';
import type { LineRange } from './line-range.ts';
import type { Statements } from './statements.ts';

/**
 * The selections, from top to bottom, and the statements at cursors that select nothing, each once. It is what stands there when this
 * is called, whatever is typed while a parser is loaded. @throws UserError
 */
export async function cellsAtSelections(editor: vscode.TextEditor, statements: Statements): Promise<Cell[]> {
  const { document } = editor;
  const dialect = dialectOf(document);
  const text = document.getText();
  const lines = text.split('\n');
  const selections = [...editor.selections].sort((one, other) => one.start.compareTo(other.start));
  const selected = selections.map((selection) => {
    const range = selection.isEmpty ? undefined : wholeIndentation(document, selection);
    return { line: selection.active.line, range, code: range && document.getText(range) };
  });
  const cells: Cell[] = [];
  let last = -1;
  for (const { line, range, code } of selected) {
    if (range && code !== undefined) {
      cells.push(makeCell(document, range, code));
      continue;
    }
    const statement = await statements.at(text, line, dialect);
    if (!statement || statement.start <= last) continue;
    last = statement.end;
    cells.push(makeCell(document, ...textOf(lines, statement)));
  }
  if (cells.length === 0) throw new NothingToDo(vscode.l10n.t('There is no code at the cursor or below it.'));
  return cells;
}

function textOf(lines: readonly string[], { start, end }: LineRange): [vscode.Range, string] {
  const code = lines
    .slice(start, end + 1)
    .join('\n')
    .replace(/\r$/, '');
  return [new vscode.Range(start, 0, end, code.length - (code.lastIndexOf('\n') + 1)), code];
}

/** A selection that starts after its line's indentation takes it along: the lines below it are indented from there. */
function wholeIndentation(document: vscode.TextDocument, selection: vscode.Selection): vscode.Range {
  const before = document.lineAt(selection.start.line).text.slice(0, selection.start.character);
  return before.trim() === ''
    ? new vscode.Range(selection.start.line, 0, selection.end.line, selection.end.character)
    : selection;
}
