import path from 'node:path';
import * as vscode from 'vscode';
import type { Notice } from '../../backend/protocol/client/index.ts';
import type { Prompts } from '../client/prompts.ts';
import { plainText } from '../inline/visible.ts';
import type { Disposable } from '../platform/disposables.ts';

/** Messages on the screen at a time. What comes while so many are open goes to the log alone: a loop must not bury the window. */
const MAX_SHOWN = 3;
const MAX_LENGTH = 500;

/** Shows what programs tell the person with `notify`. */
export function showNotices(prompts: Prompts, log: vscode.LogOutputChannel): Disposable {
  let shown = 0;
  return prompts.onNoticed(async (notice) => {
    const text = textOf(notice);
    log.info(text);
    if (shown >= MAX_SHOWN) return;
    shown++;
    try {
      await show(notice.level, text);
    } finally {
      shown--;
    }
  });
}

/** Names the line that speaks: a program's message must not pass for one of the editor. */
function textOf({ message, location }: Notice): string {
  const text = plainText(message.length > MAX_LENGTH ? `${message.slice(0, MAX_LENGTH)}…` : message);
  return location
    ? `${path.basename(location.file)}:${location.line}: ${text}`
    : vscode.l10n.t('A program says: {0}', text);
}

function show(level: Notice['level'], text: string): Thenable<unknown> {
  if (level === 'error') return vscode.window.showErrorMessage(text);
  if (level === 'warning') return vscode.window.showWarningMessage(text);
  return vscode.window.showInformationMessage(text);
}
