import path from 'node:path';
import * as vscode from 'vscode';
import type { Grant, Prompt, SessionInfo } from '../../../backend/protocol/client/index.ts';
import type { PromptForm } from '../../../backend/protocol/prompt-form.ts';
import { plainText } from '../../inline/visible.ts';
import { isDecidable } from '../../prompts/decision.ts';
import { questionOf, titleOf } from '../../prompts/forms/title.ts';
import { levelDescription, levelIcon } from '../level-words.ts';
import { grantWords } from './grant-words.ts';
import type { GroupId } from './rows.ts';

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

/** A remembered answer. */
export function grantItem(grant: Grant, session: string | undefined): vscode.TreeItem {
  const { label, scope, details } = grantWords(grant);
  const item = new vscode.TreeItem(label);
  item.id = grant.grantId;
  item.description = [scope, ...(session === undefined ? [] : [session])].join(' · ');
  item.iconPath = new vscode.ThemeIcon(grant.effect === 'allow' ? 'pass' : 'circle-slash');
  item.tooltip = [label, scope, ...details].join('\n');
  item.contextValue = 'grant';
  item.accessibilityInformation = { label: [label, item.description, ...details].join(', ') };
  return item;
}

/** What a session's code may do. A click changes it. */
export function levelItem({ sessionId, name, level, floor }: SessionInfo): vscode.TreeItem {
  const item = new vscode.TreeItem(plainText(name));
  item.id = `level ${sessionId}`;
  item.description = [level, ...(floor === null ? [] : [plainText(floor)])].join(' · ');
  item.iconPath = new vscode.ThemeIcon(levelIcon(level));
  item.tooltip = levelDescription(level);
  item.contextValue = 'level';
  item.command = { command: 'holdfast.changeLevel', title: '', arguments: [{ sessionId }] };
  item.accessibilityInformation = { label: `${name}: ${level}. ${levelDescription(level)}` };
  return item;
}

export function groupItem(id: GroupId, count: number): vscode.TreeItem {
  const { t } = vscode.l10n;
  const words = { prompts: t('Waiting'), grants: t('Remembered'), levels: t('Security Levels') };
  const item = new vscode.TreeItem(words[id], vscode.TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.description = id === 'levels' ? '' : String(count);
  return item;
}
