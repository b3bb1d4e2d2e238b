import * as vscode from 'vscode';
import type { Durability } from '../client/durability.ts';
import { plainText } from '../inline/visible.ts';
import { setContextKey } from '../platform/context-keys.ts';
import type { Disposable } from '../platform/disposables.ts';

/** Tells the person once, each time that what happens begins not to be kept, and what can be done. */
export function showDurability(durability: Durability, log: vscode.LogOutputChannel): Disposable {
  return durability.onChanged(async () => {
    const { failure } = durability;
    setContextKey('holdfast.notKept', failure !== null);
    if (failure === null) {
      log.info('What runs is kept again.');
      return;
    }
    log.warn(`What runs is not kept: ${failure}`);
    const { t } = vscode.l10n;
    const retry = t('Try Again');
    const message = t(
      'What runs is not kept. {0} Code runs all the same; after a crash its outcomes would be missing.',
      failure,
    );
    if ((await vscode.window.showWarningMessage(plainText(message), retry)) === retry)
      await vscode.commands.executeCommand('holdfast.keepAgain');
  });
}
