import * as vscode from 'vscode';
import type { Form } from '../client/displays.ts';

const ENDINGS: Readonly<Record<string, string>> = {
  'text/plain': 'txt',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/latex': 'tex',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/svg+xml': 'svg',
  'application/json': 'json',
};

/** The ending of a file with this content. */
export function endingOf(mime: string): string {
  return ENDINGS[mime] ?? (mime.endsWith('+json') ? 'json' : 'bin');
}

/** Asks where to, and saves. @returns whether it was saved */
export async function saveForm({ mime, data }: Form, name = 'result'): Promise<boolean> {
  const ending = endingOf(mime);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name}.${ending}`;
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder ? vscode.Uri.joinPath(folder, file) : vscode.Uri.file(file),
    filters: { [ending.toUpperCase()]: [ending] },
  });
  if (!target) return false;
  await vscode.workspace.fs.writeFile(target, data);
  return true;
}
