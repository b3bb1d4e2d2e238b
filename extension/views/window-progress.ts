import path from 'node:path';
import * as vscode from 'vscode';
import type { Execution } from '../client/execution.ts';
import { plainText } from '../inline/visible.ts';

/** Shows in the window that an execution runs, until it is told to stop. VS Code gives progress there no button: the status bar's menu has it. */
export function showProgress({ source }: Execution): () => void {
  const { t } = vscode.l10n;
  const place = source ? `${path.basename(source.name)}:${source.line}` : undefined;
  const title = place ? t('Holdfast runs {0}', plainText(place)) : t('Holdfast runs code');
  let hide: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    hide = resolve;
  });
  void vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => ended);
  return hide;
}
