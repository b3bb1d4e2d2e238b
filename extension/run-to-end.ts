import { type CancellationToken, CancellationTokenSource } from 'vscode';
import { ended } from './client/ended.ts';
import type { Execution } from './client/execution.ts';
import type { Executions } from './client/executions.ts';
import type { Runner, RunRequest } from './client/runner.ts';
import { requireTrust, whenAccepted } from './run.ts';

/** The backend has said that it is cancelled: how it ended comes behind what it has printed. */
const END_MS = 10_000;

/**
 * Runs code that no document shows, until it has ended, or the time is up and it goes on. The token cancels it.
 * @param ms milliseconds
 * @throws UserError, HoldfastError when it cannot be run
 */
export async function runToEnd(
  request: RunRequest,
  { runner, executions }: { readonly runner: Runner; readonly executions: Executions },
  token: CancellationToken = new CancellationTokenSource().token,
  ms?: number,
): Promise<Execution> {
  requireTrust();
  const { execution, accepted } = runner.run(request);
  await whenAccepted(accepted, request);
  await ended(execution, executions, token, ms);
  if (token.isCancellationRequested) {
    await runner.cancel(execution.id);
    await ended(execution, executions, new CancellationTokenSource().token, END_MS);
  }
  return execution;
}
