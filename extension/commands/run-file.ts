import * as vscode from 'vscode';
import * as z from 'zod';
import { wholeFile } from '../cells/cell.ts';
import { activeEditor } from './active-editor.ts';
import { command } from './command.ts';

/** Runs a file as one cell: that of the title bar or explorer menu it was called from, else that of the active editor. */
export const runFile = command({
  id: 'holdfast.runFile',
  argument: z
    .custom<vscode.Uri>((value) => value instanceof vscode.Uri)
    .optional()
    .catch(undefined),
  async run(services, uri) {
    const document = uri ? await vscode.workspace.openTextDocument(uri) : activeEditor().document;
    return await services.run(wholeFile(document));
  },
});
