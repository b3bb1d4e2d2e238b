import * as vscode from 'vscode';
import { Dialect } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { interactiveKernel } from '../notebooks/kernels.ts';
import { command, NoArgument } from './command.ts';

/** Opens VS Code's interactive window for the language of the active editor, Python without one. */
export const openInteractiveWindow = command({
  id: 'holdfast.openInteractiveWindow',
  argument: NoArgument,
  async run() {
    const dialect = Dialect.catch('python').parse(vscode.window.activeTextEditor?.document.languageId);
    const { id, label } = languageOfDialect(dialect);
    return await vscode.commands.executeCommand(
      'interactive.open',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      undefined,
      `holdfast.holdfast/${interactiveKernel(id)}`,
      `Holdfast: ${label}`,
    );
  },
});
