import * as vscode from 'vscode';
import { plainText } from '../inline/visible.ts';

const PASSING_MS = 5000;

/** Says in the status bar that something is done. */
export function showPassing(message: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${plainText(message)}`, PASSING_MS);
}
