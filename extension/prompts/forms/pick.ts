import * as vscode from 'vscode';
import type { Prompt } from '../../../backend/protocol/client/index.ts';
import { plainText } from '../../inline/visible.ts';
import type { ShownForm } from './form.ts';
import { addLineButton } from './line-button.ts';
import { questionOf, titleOf } from './title.ts';

export interface Pick<Item extends vscode.QuickPickItem> {
  readonly items: readonly Item[];
  readonly many: boolean;
  /** What to do, in words. */
  readonly hint?: string;
  chosen(items: readonly Item[]): void;
  hidden(): void;
  reveal(): void;
}

/** A question as a list to pick from. */
export function showPick<Item extends vscode.QuickPickItem>(prompt: Prompt, pick: Pick<Item>): ShownForm {
  const box = vscode.window.createQuickPick<Item>();
  const question = questionOf(prompt, vscode.l10n.t('The program waits for an answer.'));
  const title = `${titleOf(prompt)}: ${question.replaceAll('\n', ' ')}`;
  box.title = title;
  box.placeholder = pick.hint ?? vscode.l10n.t('Enter answers, Escape leaves the question open');
  box.canSelectMany = pick.many;
  box.ignoreFocusOut = true;
  box.items = pick.items;
  addLineButton(box, prompt, pick.reveal);
  box.onDidAccept(() => pick.chosen(box.selectedItems));
  box.onDidHide(() => pick.hidden());
  box.show();
  return {
    busy() {
      box.busy = true;
    },
    refused(problem) {
      box.busy = false;
      box.title = `${title} – ${plainText(problem)}`;
    },
    dispose: () => box.dispose(),
  };
}
