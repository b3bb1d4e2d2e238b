import * as vscode from 'vscode';
import type { ShowForm } from './form.ts';
import { showPick } from './pick.ts';

/** A text in an editor, where it may be changed, and a quick pick that takes or refuses it. */
export const showReview: ShowForm<'review'> = (prompt, { text, language }, { answer, hidden, reveal }, documents) => {
  void documents.showReview(prompt.promptId, text, language);
  return showPick(prompt, {
    items: [
      { label: `$(check) ${vscode.l10n.t('Accept the text in the editor')}`, approved: true },
      { label: `$(close) ${vscode.l10n.t('Refuse it')}`, approved: false },
    ],
    many: false,
    hint: vscode.l10n.t('Escape lets you read and change the text. The status bar brings the question back.'),
    chosen: ([item]) => {
      if (item) answer({ approved: item.approved, text: documents.reviewed(prompt.promptId) ?? text });
    },
    hidden,
    reveal,
  });
};
