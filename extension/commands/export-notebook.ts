import * as vscode from 'vscode';
import { dialectOf } from '../cells/cell.ts';
import { keepOutputs, notebookOfScript } from '../notebooks/ipynb/convert.ts';
import * as files from '../notebooks/ipynb/files.ts';
import { type NotebookFile, parseNotebook, printNotebook } from '../notebooks/ipynb/notebook-file.ts';
import { activeEditor } from './active-editor.ts';
import { command } from './command.ts';

/** Writes the cells of a script as a notebook and opens it. Over an older one, cells that have not changed keep their outputs. */
export const exportNotebook = command({
  id: 'holdfast.exportNotebook',
  argument: files.ConversionArgument,
  async run(_, argument) {
    const document = argument ? await vscode.workspace.openTextDocument(argument.uri) : activeEditor().document;
    const notebook = notebookOfScript(document.getText(), dialectOf(document));
    const target = await files.chooseTarget(document.uri, argument?.target, '.ipynb', vscode.l10n.t('Notebook'));
    files.refuseUnsaved(target);
    await files.write(target, printNotebook(await overOlder(notebook, target)));
    await vscode.commands.executeCommand('vscode.openWith', target, 'jupyter-notebook');
  },
});

/** @throws CancellationError when outputs would be lost and the person wants them kept. */
async function overOlder(notebook: NotebookFile, target: vscode.Uri): Promise<NotebookFile> {
  const text = await files.readIfThere(target);
  if (text === undefined) return notebook;
  const older = parseNotebook(text, files.nameOf(target), vscode.l10n.t);
  const { notebook: kept, lost } = keepOutputs(notebook, older);
  if (lost > 0) {
    const replace = vscode.l10n.t('Replace');
    const message = vscode.l10n.t(
      '{0} has outputs of {1} cells that are not in the script or have changed. They will be gone.',
      files.nameOf(target),
      lost,
    );
    if ((await vscode.window.showWarningMessage(message, { modal: true }, replace)) !== replace)
      throw new vscode.CancellationError();
  }
  return kept;
}
