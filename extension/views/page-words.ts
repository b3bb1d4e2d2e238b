import * as vscode from 'vscode';
import type { PageWords } from '../../media/protocol.ts';

/** The words of the results page: it cannot translate by itself. */
export function pageWords(): PageWords {
  const { l10n } = vscode;
  return {
    results: l10n.t('Results'),
    namespace: l10n.t('Namespace'),
    noResults: l10n.t('Nothing has run yet. Press Ctrl+Enter (⌘Enter) on a line of Python, JavaScript or TypeScript.'),
    noVariables: l10n.t('No variables yet.'),
    name: l10n.t('Name'),
    type: l10n.t('Type'),
    value: l10n.t('Value'),
    copy: l10n.t('Copy value'),
    cancel: l10n.t('Cancel'),
    clear: l10n.t('Clear'),
    cut: l10n.t('… {0} characters cut …'),
    more: l10n.t('{0} more'),
    running: l10n.t('running'),
    showCode: l10n.t('Show the code'),
    statuses: {
      queued: l10n.t('queued'),
      running: l10n.t('running'),
      waiting: l10n.t('waiting for input'),
      succeeded: l10n.t('succeeded'),
      failed: l10n.t('failed'),
      cancelled: l10n.t('cancelled'),
      lost: l10n.t('lost'),
      background: l10n.t('background output'),
    },
  };
}
