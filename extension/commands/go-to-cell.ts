import * as vscode from 'vscode';
import type { CellLines } from '../../backend/workers/cells.ts';
import { entry } from '../cells/file-cells.ts';

/** Puts the cursor below a cell's marker, with the marker in view. */
export function goToCell(editor: vscode.TextEditor, cell: CellLines): void {
  const line = entry(cell);
  editor.selection = new vscode.Selection(line, 0, line, 0);
  editor.revealRange(new vscode.Range(cell.start, 0, line, 0), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
