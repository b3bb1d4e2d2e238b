import * as vscode from 'vscode';
import * as z from 'zod';
import type { Grants } from '../client/grants.ts';
import { NothingToDo } from '../platform/user-error.ts';
import { grantWords } from '../views/prompts/grant-words.ts';
import { command } from './command.ts';

/** Names a remembered answer; rows of the Prompts & Grants view have this shape too. */
const GrantArgument = z.object({ grantId: z.string().max(64) });

/** Forgets a remembered answer, so that it is asked again: the one that is named, else the one picked. */
export const revokeGrant = command({
  id: 'holdfast.revokeGrant',
  argument: GrantArgument.optional().catch(undefined),
  async run({ grants }, argument) {
    await grants.revoke((argument ?? (await pickGrant(grants))).grantId);
  },
});

async function pickGrant(grants: Grants): Promise<{ grantId: string }> {
  const { t } = vscode.l10n;
  const choices = grants.all().map((grant) => {
    const { label, scope, details } = grantWords(grant);
    return { label, description: scope, detail: details.join(' · '), grantId: grant.grantId };
  });
  if (choices.length === 0) throw new NothingToDo(t('No answer is remembered.'));
  const picked = await vscode.window.showQuickPick(choices, {
    title: t('Ask again for what?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked;
}
