import * as vscode from 'vscode';
import type { SessionInfo } from '../../../backend/protocol/client/index.ts';
import type { Child } from '../../../backend/protocol/inspection.ts';
import { previewBesideType, variableType } from '../../../media/text/variable-type.ts';
import type { KnownVariable } from '../../client/namespaces.ts';
import { visible } from '../../inline/visible.ts';
import { decorationUri } from './decorations.ts';
import { isEditable } from './editable.ts';
import { childIconOf, iconOf } from './icons.ts';
import type { ChildRow, MoreRow, NoteRow, SessionRow, VariableRow } from './rows.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export function sessionItem(row: SessionRow, name: string, description: string): vscode.TreeItem {
  const item = new vscode.TreeItem(name, Expanded);
  item.id = row.id;
  item.description = description;
  item.iconPath = new vscode.ThemeIcon('server-process');
  item.contextValue = 'session';
  return item;
}

/** @param total variables that the session has, of which `shown` are listed */
export function sessionDescription({ state }: SessionInfo, total: number, shown: number): string {
  const { t } = vscode.l10n;
  const parts = [total === 1 ? t('1 variable') : t('{0} variables', total)];
  if (total > shown) parts.push(t('{0} hidden', total - shown));
  // While code runs the view shows what it last knew.
  if (state === 'busy') parts.push(t('running'));
  if (state === 'unresponsive') parts.push(t('not responding'));
  return parts.join(' · ');
}

export function variableItem({ id, known }: VariableRow, pinned: boolean): vscode.TreeItem {
  const { variable, mark } = known;
  const item = new vscode.TreeItem(visible(variable.name), variable.expandable ? Collapsed : None);
  const type = visible(variableType(variable));
  const preview = visible(previewBesideType(variable));
  item.id = id;
  item.description = `${type}  ${preview}`.trimEnd();
  item.iconPath = new vscode.ThemeIcon(pinned ? 'pinned' : iconOf(variable));
  // Carries the mark of a change; the name in it is a number of ours.
  item.resourceUri = decorationUri(id);
  const flags = [isEditable(variable) && 'editable', variable.tabular && 'tabular', pinned ? 'pinned' : 'unpinned'];
  item.contextValue = ['variable', ...flags.filter(Boolean)].join(' ');
  item.accessibilityInformation = { label: spoken(visible(variable.name), type, preview, pinned, mark) };
  return item;
}

export function childItem({ id, child, expression }: ChildRow): vscode.TreeItem {
  const { variable, role } = child;
  const item = new vscode.TreeItem(visible(variable.name), variable.expandable ? Collapsed : None);
  item.id = id;
  item.description = childDescription(child);
  item.iconPath = new vscode.ThemeIcon(childIconOf(child));
  const flags = [variable.tabular && 'tabular', expression !== null && 'named', role !== 'getter' && 'value'];
  item.contextValue = ['child', ...flags.filter(Boolean)].join(' ');
  item.accessibilityInformation = { label: `${visible(variable.name)}, ${item.description}` };
  return item;
}

function childDescription({ variable, role }: Child): string {
  const type = visible(variableType(variable));
  const { t } = vscode.l10n;
  if (role === 'getter') return t('getter, not called');
  return `${type}  ${visible(previewBesideType(variable))}`.trimEnd();
}

export function moreItem(row: MoreRow): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Show more'), None);
  item.id = row.id;
  item.description = vscode.l10n.t('{0} more', row.rest);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.command = {
    command: 'holdfast.showMoreVariables',
    title: vscode.l10n.t('Show more'),
    arguments: [{ rowId: row.parent.id }],
  };
  return item;
}

export function noteItem({ id, text, icon }: NoteRow): vscode.TreeItem {
  const item = new vscode.TreeItem('', None);
  item.id = id;
  item.description = text;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = 'note';
  item.accessibilityInformation = { label: text };
  return item;
}

function spoken(name: string, type: string, preview: string, pinned: boolean, mark: KnownVariable['mark']): string {
  const { t } = vscode.l10n;
  const parts = [name, type, ...(preview === '' ? [] : [preview])];
  if (pinned) parts.push(t('pinned'));
  if (mark === 'new') parts.push(t('New since the last execution'));
  if (mark === 'changed') parts.push(t('Changed by the last execution'));
  return parts.join(', ');
}
