import path from 'node:path';
import * as vscode from 'vscode';
import type { Prompt } from '../../../backend/protocol/client/index.ts';
import type { PromptForm } from '../../../backend/protocol/prompt-form.ts';
import { plainText } from '../../inline/visible.ts';
import { isDecidable } from '../../prompts/decision.ts';
import { questionOf, titleOf } from '../../prompts/forms/title.ts';

const MAX_TOOLTIP = 1000;

const ICONS: { readonly [Kind in PromptForm['kind']]: string } = {
  text: 'comment',
  approve: 'question',
  choose: 'list-unordered',
  pick_file: 'file',
  review: 'open-preview',
  permission: 'shield',
};

/** A question that waits. A click shows it. */
export function promptItem(prompt: Prompt, session: string | undefined): vscode.TreeItem {
  const { promptId, executionId, location, createdAt } = prompt;
  const question = questionOf(prompt, vscode.l10n.t('The program waits for an answer.'));
  const item = new vscode.TreeItem(question.split('\n', 1)[0] ?? '');
  item.id = promptId;
  item.description = [location ? `${path.basename(location.file)}:${location.line}` : '', session ?? '']
    .filter((part) => part !== '')
    .join(' · ');
  item.iconPath = new vscode.ThemeIcon(ICONS[prompt.form.kind]);
  item.tooltip = [
    question.slice(0, MAX_TOOLTIP),
    ...(location ? [`${plainText(location.file)}:${location.line}`] : []),
    vscode.l10n.t('Since {0}', new Date(createdAt).toLocaleTimeString()),
  ].join('\n');
  item.contextValue = [
    'prompt',
    ...(isDecidable(prompt) ? ['decidable'] : []),
    ...(location ? ['placed'] : []),
    ...(executionId === null ? [] : ['cancellable']),
  ].join(' ');
  item.command = { command: 'holdfast.answerPrompt', title: '', arguments: [{ promptId }] };
  item.accessibilityInformation = { label: `${titleOf(prompt)}: ${question}` };
  return item;
}
