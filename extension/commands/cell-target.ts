import * as vscode from 'vscode';
import * as z from 'zod';
import { activeEditor } from './active-editor.ts';

/** A line of a document, as the links above cells name it. Key bindings and menus send nothing that is of use here. */
export const CellArgument = z.object({ uri: z.string(), line: z.int().nonnegative() }).optional().catch(undefined);

/** The document and line that an argument names, else those of the cursor. @throws UserError */
export async function cellTarget(
  argument: z.infer<typeof CellArgument>,
): Promise<{ document: vscode.TextDocument; line: number }> {
  if (!argument) {
    const { document, selection } = activeEditor();
    return { document, line: selection.active.line };
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri));
  return { document, line: Math.min(argument.line, document.lineCount - 1) };
}
