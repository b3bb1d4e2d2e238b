import * as vscode from 'vscode';
import type { StoredVariable } from '../../../backend/protocol/checkpoint.ts';
import type { CheckpointInfo } from '../../../backend/protocol/client/index.ts';
import { plainText } from '../../inline/visible.ts';
import { unlistedWords } from '../unlisted-words.ts';
import type { CheckpointRow } from './rows.ts';
import { checkpointDetails, checkpointName, checkpointSummary, storedWords } from './words.ts';

const { Collapsed } = vscode.TreeItemCollapsibleState;

const ICONS: Readonly<Record<StoredVariable['how'], vscode.ThemeIcon>> = {
  stored: new vscode.ThemeIcon('symbol-variable'),
  source: new vscode.ThemeIcon('code'),
  import: new vscode.ThemeIcon('package'),
  not_stored: new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground')),
};

/** @param count of checkpoints */
export function checkpointRowItem(row: CheckpointRow, count: number): vscode.TreeItem {
  switch (row.kind) {
    case 'checkpoints':
      return groupItem(count);
    case 'checkpoint':
      return checkpointItem(row.checkpoint);
    case 'stored':
      return storedItem(row.checkpointId, row.variable);
    case 'allStored': {
      const item = new vscode.TreeItem(unlistedWords(row.count));
      item.id = `${row.checkpointId} all`;
      item.command = {
        command: 'holdfast.showCheckpoint',
        title: '',
        arguments: [{ checkpointId: row.checkpointId }],
      };
      return item;
    }
  }
}

function groupItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Checkpoints'), Collapsed);
  item.id = 'checkpoints';
  item.description = String(count);
  item.iconPath = new vscode.ThemeIcon('archive');
  item.contextValue = 'checkpoints';
  return item;
}

function checkpointItem(checkpoint: CheckpointInfo): vscode.TreeItem {
  const { checkpointId, name, foreign } = checkpoint;
  const item = new vscode.TreeItem(checkpointName(checkpoint), Collapsed);
  item.id = `checkpoint ${checkpointId}`;
  item.description = checkpointSummary(checkpoint);
  item.iconPath = new vscode.ThemeIcon(foreign ? 'shield' : name === null ? 'history' : 'save');
  item.tooltip = [checkpointName(checkpoint), ...checkpointDetails(checkpoint)].join('\n');
  item.contextValue = 'checkpoint';
  item.accessibilityInformation = {
    label: vscode.l10n.t('Checkpoint {0}, {1}', checkpointName(checkpoint), checkpointDetails(checkpoint).join(', ')),
  };
  return item;
}

function storedItem(checkpointId: string, variable: StoredVariable): vscode.TreeItem {
  const item = new vscode.TreeItem(plainText(variable.name));
  item.id = `${checkpointId} variable ${variable.name}`;
  item.description = storedWords(variable);
  item.iconPath = ICONS[variable.how];
  item.tooltip = `${plainText(variable.name)}\n${storedWords(variable)}`;
  item.contextValue = 'storedVariable';
  return item;
}
