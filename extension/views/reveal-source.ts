import path from 'node:path';
import * as vscode from 'vscode';
import type { Execution } from '../client/execution.ts';
import type { InlineResults } from '../inline/inline-results.ts';
import { cellDocument, NOTEBOOK_CELL } from '../notebooks/cell-source.ts';
import { UserError } from '../platform/user-error.ts';

/** Shows the code of an execution where it is now. @throws UserError when its file cannot be opened */
export async function revealSource(execution: Execution | undefined, inline: InlineResults): Promise<void> {
  if (!execution?.source) return;
  const found = inline.locate(execution.id);
  const { path: file, line } = execution.source;
  if (found) await show(found.uri, found.range);
  else if (file !== null) await show(cellDocument(execution.source.name) ?? vscode.Uri.file(file), lineRange(line));
}

/** Shows a frame of an execution's error. A frame of the cell itself is shown in its document, named or not. */
export async function revealFrame(
  execution: Execution | undefined,
  index: number,
  inline: InlineResults,
): Promise<void> {
  if (execution?.phase.status !== 'failed') return;
  const frame = execution.phase.error.frames[index];
  if (!frame) return;
  const cell = frame.file === execution.source?.name ? inline.locate(execution.id)?.uri : undefined;
  // A worker names files: only a plain absolute path on this machine is opened, never a share of another one.
  if (!cell && (!path.isAbsolute(frame.file) || /^[\\/]{2}/.test(frame.file))) return;
  await show(cell ?? cellDocument(frame.file) ?? vscode.Uri.file(frame.file), lineRange(frame.line, frame.column ?? 0));
}

/** Shows a line, counted from 0. @throws UserError when its file cannot be opened */
export async function revealLine(uri: vscode.Uri, line: number): Promise<void> {
  await show(uri, lineRange(line + 1));
}

/** `line` counts from 1, `column` from 0. */
function lineRange(line: number, column = 0): vscode.Range {
  const start = Math.max(0, line - 1);
  return new vscode.Range(start, column, start, column);
}

async function show(uri: vscode.Uri, selection: vscode.Range): Promise<void> {
  try {
    // Cells have no text editor of their own: this opens whatever shows the resource.
    if (uri.scheme === NOTEBOOK_CELL || uri.path.endsWith('.ipynb')) {
      await vscode.commands.executeCommand('vscode.open', uri, { selection });
    } else await vscode.window.showTextDocument(uri, { selection });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(vscode.l10n.t('{0} cannot be shown: {1}', uri.fsPath, reason));
  }
}
