import * as vscode from 'vscode';
import { HoldfastError } from '../backend/protocol/errors.ts';
import { languageOfDialect } from '../backend/workers/index.ts';
import type { Cell } from './cells/cell.ts';
import type { Execution } from './client/execution.ts';
import type { Runner, RunRequest } from './client/runner.ts';
import type { InlineResults } from './inline/inline-results.ts';
import { inlineMode, opensPanel } from './inline/mode.ts';
import { setting } from './platform/settings.ts';
import { type ErrorAction, UserError } from './platform/user-error.ts';
import type { ResultsView } from './views/results-view.ts';

/** What a run is shown in. */
interface Shown {
  readonly inline: InlineResults;
  readonly results: ResultsView;
}

/** Runs a cell and ties its result to its line. Settles when the backend has taken it. @throws UserError, HoldfastError */
export async function run(cell: Cell, runner: Runner, { inline, results }: Shown): Promise<Execution> {
  requireTrust();
  const { execution, accepted } = runner.run(cell);
  inline.show(cell, execution);
  // Not waited for: the panel opens beside the run.
  if (opensPanel(inlineMode(setting('inlineResults.mode')))) void results.show(execution.id);
  await whenAccepted(accepted, cell);
  return execution;
}

/** Runs code that no open document shows. Settles when the backend has taken it. @throws UserError, HoldfastError */
export async function runAgain(request: RunRequest, runner: Runner): Promise<void> {
  requireTrust();
  await whenAccepted(runner.run(request).accepted, request);
}

/** @throws UserError */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError(vscode.l10n.t('This workspace is not trusted, so Holdfast runs no code in it.'), [
    { title: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' },
  ]);
}

/** @throws UserError with what to do about it when the backend refuses */
export async function whenAccepted(accepted: Promise<void>, request: RunRequest): Promise<void> {
  try {
    await accepted;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'unavailable') throw withRepair(error, request);
    throw error;
  }
}

/** No interpreter, or none that is new enough: the message says what is needed, the button leads to where it is changed. */
function withRepair(error: HoldfastError, { dialect }: RunRequest): UserError {
  const { id, setting } = languageOfDialect(dialect);
  const actions: ErrorAction[] = [
    { title: vscode.l10n.t('Open Settings'), command: 'workbench.action.openSettings', args: [setting] },
    { title: vscode.l10n.t('Show Log'), command: 'holdfast.showLog' },
  ];
  if (id === 'python')
    actions.unshift({ title: vscode.l10n.t('Select Interpreter'), command: 'holdfast.selectInterpreter' });
  return new UserError(error.message, actions);
}
