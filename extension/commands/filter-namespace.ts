import * as vscode from 'vscode';
import { command, NoArgument } from './command.ts';

/** Shows only the variables whose name or type contains what is typed, while it is typed. Escape takes it back. */
export const filterNamespace = command({
  id: 'holdfast.filterNamespace',
  argument: NoArgument,
  async run({ namespacePreferences: preferences }) {
    const before = preferences.filter;
    const box = vscode.window.createInputBox();
    box.title = vscode.l10n.t('Filter Variables');
    box.placeholder = vscode.l10n.t('Part of a name or a type');
    box.value = before;
    const accepted = await new Promise<boolean>((resolve) => {
      box.onDidChangeValue((text) => {
        preferences.filter = text.trim();
      });
      box.onDidAccept(() => resolve(true));
      box.onDidHide(() => resolve(false));
      box.show();
    });
    if (!accepted) preferences.filter = before;
    box.dispose();
  },
});
