import * as vscode from 'vscode';
import { plainText } from '../../inline/visible.ts';
import type { ShowForm } from './form.ts';
import { showPick } from './pick.ts';

/** Whether a program may do something: what exactly, and for how long the answer holds. In a quick pick, as `showApprove`. */
export const showPermission: ShowForm<'permission'> = (
  prompt,
  { target, covers, scopes },
  { answer, hidden, reveal },
) => {
  const lasting = covers === target ? '' : plainText(covers);
  const item = (icon: string, label: string, value: string, description: string) => ({
    label: `$(${icon}) ${label}`,
    description,
    value,
  });
  const words = {
    once: vscode.l10n.t('Allow Once'),
    session: vscode.l10n.t('Allow for This Session'),
    workspace: vscode.l10n.t('Allow in This Workspace'),
    always: vscode.l10n.t('Always Allow'),
  };
  return showPick(prompt, {
    items: [
      ...scopes.map((scope) => item('check', words[scope], `allow_${scope}`, scope === 'once' ? '' : lasting)),
      item('close', vscode.l10n.t('Deny'), 'deny_once', ''),
      item('circle-slash', vscode.l10n.t('Deny All of This Kind'), 'deny_all', vscode.l10n.t('for this session')),
    ],
    many: false,
    chosen: ([chosen]) => {
      if (chosen) answer(chosen.value);
    },
    hidden,
    reveal,
  });
};
