import * as vscode from 'vscode';
import { command, NoArgument } from './command.ts';

/** Opens the five steps of the walkthrough. */
export const openWalkthrough = command({
  id: 'holdfast.openWalkthrough',
  argument: NoArgument,
  run: () =>
    vscode.commands.executeCommand('workbench.action.openWalkthrough', 'holdfast.holdfast#holdfast.start', false),
});
