import path from 'node:path';
import * as vscode from 'vscode';
import type { KeptStep } from '../../../backend/protocol/client/index.ts';
import type { KeptCell } from '../../client/kept-steps.ts';
import { plainText } from '../../inline/visible.ts';
import { unlistedWords } from '../unlisted-words.ts';
import type { StepRow } from './rows.ts';
import { cellName, cellSummary, stepDetails, stepName, stepSummary } from './words.ts';

const { Collapsed } = vscode.TreeItemCollapsibleState;

/** @param count of steps */
export function stepRowItem(row: StepRow, count: number): vscode.TreeItem {
  switch (row.kind) {
    case 'steps':
      return groupItem(count);
    case 'stepCell':
      return cellItem(row.cell);
    case 'step':
      return stepItem(row.step);
    case 'moreSteps': {
      const item = new vscode.TreeItem(unlistedWords(row.count));
      item.id = `steps ${row.cellId} more`;
      return item;
    }
  }
}

function groupItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Kept Steps'), Collapsed);
  item.id = 'steps';
  item.description = String(count);
  item.iconPath = new vscode.ThemeIcon('checklist');
  item.contextValue = 'steps';
  return item;
}

function cellItem(cell: KeptCell): vscode.TreeItem {
  const item = new vscode.TreeItem(cellName(cell), Collapsed);
  const [first] = cell.steps;
  item.id = `steps ${cell.cellId}`;
  item.description = cellSummary(cell);
  item.iconPath = new vscode.ThemeIcon('symbol-snippet');
  item.tooltip = `${cellName(cell)}\n${plainText(first?.file ?? '')}`;
  item.contextValue = 'stepCell';
  // Else the tooltip is read out.
  item.accessibilityInformation = { label: `${cellName(cell)}, ${cellSummary(cell)}` };
  return item;
}

function stepItem(step: KeptStep): vscode.TreeItem {
  const item = new vscode.TreeItem(stepName(step));
  item.id = `step ${step.stepId}`;
  item.description = stepSummary(step);
  item.iconPath = new vscode.ThemeIcon('pass');
  item.tooltip = [stepName(step), ...stepDetails(step)].join('\n');
  item.contextValue = 'step';
  item.accessibilityInformation = {
    label: vscode.l10n.t('Step {0}, {1}', stepName(step), stepDetails(step).join(', ')),
  };
  if (path.isAbsolute(step.file)) item.command = goTo(step);
  return item;
}

/** The cell may have moved since. */
function goTo({ file, line }: KeptStep): vscode.Command {
  const at = new vscode.Range(line - 1, 0, line - 1, 0);
  return { command: 'vscode.open', title: '', arguments: [vscode.Uri.file(file), { selection: at }] };
}
