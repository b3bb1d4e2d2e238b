import * as vscode from 'vscode';
import { plainText } from '../../inline/visible.ts';
import { categoryWord } from '../../views/prompts/grant-words.ts';
import type { ShowForm } from './form.ts';
import { showPick } from './pick.ts';

/** Whether a program may do something: what exactly, and for how long the answer holds. In a quick pick, as `showApprove`. */
export const showPermission: ShowForm<'permission'> = (
  prompt,
  { category, operation, target, covers, scopes },
  { answer, hidden, reveal },
) => {
  const { t } = vscode.l10n;
  const lasting = covers === '*' ? t('everything') : plainText(covers);
  const item = (icon: string, label: string, value: string, description: string) => ({
    label: `$(${icon}) ${label}`,
    description,
    value,
  });
  const words = {
    once: t('Allow Once'),
    session: t('Allow for This Session'),
    workspace: t('Allow in This Workspace'),
    always: t('Always Allow'),
  };
  const heading = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator, value: '' });
  return showPick(prompt, {
    items: [
      // The title may be cut; this is what exactly is asked for, and by which call.
      heading(`${categoryWord(category)} · ${plainText(operation)}`),
      item('info', plainText(target), '', t('Enter copies it')),
      heading(''),
      ...scopes.map((scope) => item('check', words[scope], `allow_${scope}`, scope === 'once' ? '' : lasting)),
      heading(''),
      item('close', t('Deny'), 'deny_once', ''),
      item('circle-slash', t('Deny All of This Kind'), 'deny_all', t('for this session')),
    ],
    many: false,
    chosen: ([chosen]) => {
      if (chosen?.value === '') void vscode.env.clipboard.writeText(target);
      else if (chosen) answer(chosen.value);
    },
    hidden,
    reveal,
  });
};
