import * as vscode from 'vscode';
import { plainText } from '../../inline/visible.ts';
import type { ShowForm } from './form.ts';
import { addLineButton } from './line-button.ts';
import { questionOf, titleOf } from './title.ts';

/** A line of text, in an input box. */
export const showText: ShowForm<'text'> = (prompt, { secret }, listener) => {
  const box = vscode.window.createInputBox();
  box.title = titleOf(prompt);
  box.prompt = questionOf(prompt, vscode.l10n.t('The program waits for input.'));
  box.placeholder = vscode.l10n.t('Enter answers, Escape leaves the question open');
  box.password = secret;
  box.ignoreFocusOut = true;
  addLineButton(box, prompt, listener.reveal);
  box.onDidAccept(() => listener.answer(box.value));
  box.onDidHide(() => listener.hidden());
  box.show();
  return {
    busy() {
      box.busy = true;
      box.validationMessage = undefined;
    },
    refused(problem) {
      box.busy = false;
      box.validationMessage = plainText(problem);
    },
    dispose: () => box.dispose(),
  };
};
