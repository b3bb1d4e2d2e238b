import * as vscode from 'vscode';
import type { Prompt } from '../../../backend/protocol/client/index.ts';

type Box = Pick<vscode.QuickPick<vscode.QuickPickItem>, 'buttons' | 'onDidTriggerButton'>;

/** Gives a question's box a button that shows the line that asks, where somebody knows it. */
export function addLineButton(box: Box | vscode.InputBox, { location }: Prompt, reveal: () => void): void {
  if (!location) return;
  box.buttons = [{ iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: vscode.l10n.t('Go to the line that asks') }];
  box.onDidTriggerButton(reveal);
}
