import * as vscode from 'vscode';
import { plainText } from '../../inline/visible.ts';
import type { ShowForm } from './form.ts';
import { questionOf, titleOf } from './title.ts';

/** Files or a folder, in the dialog of the system. It cannot be taken away: an answer that comes too late is dropped. */
export const showPickFile: ShowForm<'pick_file'> = (prompt, { select, filters, folder }, listener) => {
  let over = false;
  const title = `${titleOf(prompt)}: ${questionOf(prompt, vscode.l10n.t('Pick a file'))}`;
  const kinds = Object.fromEntries(Object.entries(filters).map(([name, endings]) => [plainText(name), [...endings]]));
  const begin = folder === null ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.file(folder);
  const common = { title, ...(begin ? { defaultUri: begin } : {}), ...(select === 'folder' ? {} : { filters: kinds }) };
  const ask = async (): Promise<readonly vscode.Uri[] | undefined> => {
    if (select === 'save') {
      const uri = await vscode.window.showSaveDialog(common);
      return uri && [uri];
    }
    return vscode.window.showOpenDialog({
      ...common,
      canSelectFiles: select !== 'folder',
      canSelectFolders: select === 'folder',
      canSelectMany: select === 'files',
    });
  };
  const show = async () => {
    const uris = await ask();
    if (over) return;
    if (uris) listener.answer(uris.map(({ fsPath }) => fsPath));
    else listener.hidden();
  };
  void show();
  return {
    busy() {},
    refused(problem) {
      void vscode.window.showErrorMessage(plainText(problem));
      void show();
    },
    dispose() {
      over = true;
    },
  };
};
