import * as vscode from 'vscode';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { type Script, scriptOfNotebook } from '../notebooks/ipynb/convert.ts';
import * as files from '../notebooks/ipynb/files.ts';
import { parseNotebook } from '../notebooks/ipynb/notebook-file.ts';
import { UserError } from '../platform/user-error.ts';
import { command } from './command.ts';

/** Writes the cells of a notebook as a script and opens it. The notebook stays as it is; what a script cannot hold is said. */
export const importNotebook = command({
  id: 'holdfast.importNotebook',
  argument: files.ConversionArgument,
  async run(_, argument) {
    const source = argument?.uri ?? vscode.window.activeNotebookEditor?.notebook.uri ?? (await pickNotebook());
    files.refuseUnsaved(source);
    const text = await files.readIfThere(source);
    if (text === undefined) throw new UserError(vscode.l10n.t('There is no file {0}.', source.fsPath));
    const script = scriptOfNotebook(parseNotebook(text, files.nameOf(source), vscode.l10n.t));
    const { extensions, label } = languageOfDialect(script.dialect);
    const [extension = '.py'] = Object.entries(extensions).find(([, dialect]) => dialect === script.dialect) ?? [];
    const target = await files.chooseTarget(source, argument?.target, extension, label);
    await files.write(target, script.text);
    await vscode.window.showTextDocument(target);
    const left = leftBehind(script);
    // Not awaited: the command has ended, whether or not somebody closes the message.
    if (left !== '') void vscode.window.showInformationMessage(left);
  },
});

async function pickNotebook(): Promise<vscode.Uri> {
  const [picked] = (await vscode.window.showOpenDialog({ filters: { [vscode.l10n.t('Notebook')]: ['ipynb'] } })) ?? [];
  if (!picked) throw new vscode.CancellationError();
  return picked;
}

function leftBehind({ outputs, magics, attachments }: Script): string {
  const { t } = vscode.l10n;
  return [
    outputs > 0 ? t('Outputs are not part of a script: those of {0} cells stay in the notebook.', outputs) : '',
    magics > 0 ? t('{0} magics of IPython became comments.', magics) : '',
    attachments > 0 ? t('Attached pictures stay in the notebook: {0} cells have some.', attachments) : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
