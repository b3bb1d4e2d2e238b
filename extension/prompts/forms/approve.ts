import * as vscode from 'vscode';
import { plainText } from '../../inline/visible.ts';
import type { ShowForm } from './form.ts';
import { showPick } from './pick.ts';
import { questionOf } from './title.ts';

/**
 * Yes or no, in a quick pick and not in a modal dialog: that could not be taken away when the cell is cancelled or somebody else
 * answers, and would keep a person from cancelling.
 */
export const showApprove: ShowForm<'approve'> = (prompt, { detail, diff }, { answer, hidden, reveal }, documents) => {
  if (diff) {
    const title = plainText(diff.name) || questionOf(prompt, vscode.l10n.t('What would change'));
    void documents.showDiff(prompt.promptId, title, diff.name, diff.before, diff.after);
  }
  return showPick(prompt, {
    items: [
      ...(detail === null
        ? []
        : [{ label: plainText(detail), kind: vscode.QuickPickItemKind.Separator, approved: false }]),
      { label: `$(check) ${vscode.l10n.t('Yes')}`, approved: true },
      { label: `$(close) ${vscode.l10n.t('No')}`, approved: false },
    ],
    many: false,
    chosen: ([item]) => {
      if (item) answer(item.approved);
    },
    hidden,
    reveal,
  });
};
