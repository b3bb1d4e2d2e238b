import * as vscode from 'vscode';
import { UserError } from '../platform/user-error.ts';
import { command, NoArgument } from './command.ts';
import { showPassing } from './show-passing.ts';

/** Tries again to keep on disk what runs, after the disk was freed or repaired. */
export const keepAgain = command({
  id: 'holdfast.keepAgain',
  argument: NoArgument,
  async run({ durability }) {
    const { t } = vscode.l10n;
    const failure = await durability.retry();
    if (failure === null) {
      showPassing(t('What runs is kept again'));
      return;
    }
    throw new UserError(t('What runs is still not kept. {0}', failure), [
      { title: t('Try Again'), command: 'holdfast.keepAgain' },
      { title: t('Show Log'), command: 'holdfast.showLog' },
    ]);
  },
});
