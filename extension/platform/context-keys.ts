import * as vscode from 'vscode';
import type { SessionInfo } from '../../backend/protocol/client/index.ts';

/** The context keys that `when` clauses in `package.json` may use. */
export interface ContextKeys {
  /** The active editor shows an inline result that Escape would clear. */
  'holdfast.hasInlineResults': boolean;
  /** The active editor shows a file that is cut into cells by markers. */
  'holdfast.hasCells': boolean;
  /** The active editor is in a language that Holdfast runs. Unlike `editorLangId` it is there for views, too. */
  'holdfast.canRun': boolean;
  /** An execution runs or waits. */
  'holdfast.busy': boolean;
  /** A question waits for an answer. */
  'holdfast.hasPrompts': boolean;
  /** One of them is answered by "Allow" or "Deny". */
  'holdfast.hasDecisions': boolean;
  /** Answers to permission prompts are remembered. */
  'holdfast.hasGrants': boolean;
  /** There is a session. */
  'holdfast.hasSessions': boolean;
  /** Checkpoints are listed. */
  'holdfast.hasCheckpoints': boolean;
  /** What runs is not kept. */
  'holdfast.notKept': boolean;
  /** How the session of the active editor is. `none`: it has not started. */
  'holdfast.sessionState': SessionInfo['state'] | 'none';
  /** The Namespace view shows only some variables. */
  'holdfast.namespaceFiltered': boolean;
}

const current = new Map<string, unknown>();

/** Sets a key when its value is another one than before. */
export function setContextKey<Key extends keyof ContextKeys>(key: Key, value: ContextKeys[Key]): void {
  if (current.get(key) === value) return;
  current.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}
