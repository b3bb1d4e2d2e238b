import path from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import { UserError } from '../../platform/user-error.ts';

const Uri = z.custom<vscode.Uri>((value) => value instanceof vscode.Uri);

/** The file that a menu names; from a program also the file to write, which is asked for otherwise. */
export const ConversionArgument = z
  .union([Uri.transform((uri) => ({ uri, target: undefined })), z.object({ uri: Uri, target: Uri })])
  .optional()
  .catch(undefined);

/** Where to write: what was said, else what the person chooses, beside the source under its name at first. */
export async function chooseTarget(
  source: vscode.Uri,
  target: vscode.Uri | undefined,
  extension: string,
  kind: string,
): Promise<vscode.Uri> {
  if (target) return target;
  const stem = path.posix.basename(source.path).replace(/\.\w+$/, '');
  const folder =
    source.scheme === 'file' ? vscode.Uri.joinPath(source, '..') : vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, `${stem}${extension}`) }),
    filters: { [kind]: [extension.slice(1)] },
  });
  if (!chosen) throw new vscode.CancellationError();
  return chosen;
}

/** The text of a file of the disk, undefined when there is none. */
export async function readIfThere(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

export async function write(uri: vscode.Uri, text: string): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError)) throw error;
    throw new UserError(vscode.l10n.t('{0} cannot be written: {1}', nameOf(uri), error.message));
  }
}

/** @throws UserError when a notebook of that file is open with changes that are not in the file. */
export function refuseUnsaved(uri: vscode.Uri): void {
  const open = vscode.workspace.notebookDocuments.find((it) => it.uri.toString() === uri.toString());
  if (open?.isDirty || uri.scheme === 'untitled') {
    throw new UserError(vscode.l10n.t('{0} has changes that are not saved. Save it first.', nameOf(uri)));
  }
}

export function nameOf(uri: vscode.Uri): string {
  return path.posix.basename(uri.path);
}
