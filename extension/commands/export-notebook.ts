import * as vscode from 'vscode';
import { Dialect } from '../../backend/protocol/values.ts';
import { keepOutputs, notebookOfScript } from '../notebooks/ipynb/convert.ts';
import {
  ConversionArgument,
  chooseTarget,
  nameOf,
  readIfThere,
  refuseUnsaved,
  write,
} from '../notebooks/ipynb/files.ts';
import { type NotebookFile, parseNotebook, printNotebook } from '../notebooks/ipynb/notebook-file.ts';
import { UserError } from '../platform/user-error.ts';
import { activeEditor } from './active-editor.ts';
import { command } from './command.ts';

/** Writes the cells of a script as a notebook and opens it. Over an older one, cells that have not changed keep their outputs. */
export const exportNotebook = command({
  id: 'holdfast.exportNotebook',
  argument: ConversionArgument,
  async run(_, argument) {
    const document = argument ? await vscode.workspace.openTextDocument(argument.uri) : activeEditor().document;
    const dialect = Dialect.safeParse(document.languageId);
    if (!dialect.success) {
      throw new UserError(
        vscode.l10n.t(
          'Holdfast runs Python, JavaScript and TypeScript. The language of this file is {0}.',
          document.languageId,
        ),
      );
    }
    const notebook = notebookOfScript(document.getText(), dialect.data);
    const target = await chooseTarget(document.uri, argument?.target, '.ipynb', vscode.l10n.t('Notebook'));
    refuseUnsaved(target);
    await write(target, printNotebook(await overOlder(notebook, target)));
    await vscode.commands.executeCommand('vscode.openWith', target, 'jupyter-notebook');
  },
});

/** @throws CancellationError when outputs would be lost and the person wants them kept. */
async function overOlder(notebook: NotebookFile, target: vscode.Uri): Promise<NotebookFile> {
  const text = await readIfThere(target);
  if (text === undefined) return notebook;
  const older = parseNotebook(text, nameOf(target), vscode.l10n.t);
  const { notebook: kept, lost } = keepOutputs(notebook, older);
  if (lost > 0) {
    const replace = vscode.l10n.t('Replace');
    const message = vscode.l10n.t(
      '{0} has outputs of {1} cells that are not in the script or have changed. They will be gone.',
      nameOf(target),
      lost,
    );
    if ((await vscode.window.showWarningMessage(message, { modal: true }, replace)) !== replace)
      throw new vscode.CancellationError();
  }
  return kept;
}
