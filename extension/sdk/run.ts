import type { CancellationToken } from 'vscode';
import type { Dialect } from '../../backend/protocol/values.ts';
import type { Executions } from '../client/executions.ts';
import type { Runner } from '../client/runner.ts';
import { runToEnd } from '../run-to-end.ts';

/** What another extension wants to have run. */
export interface ExtensionRun {
  readonly language: Dialect;
  readonly code: string;
  /** Cancels the code. */
  readonly token?: CancellationToken;
}

/** What it came to. */
export interface ExtensionRunResult {
  readonly executionId: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled' | 'lost';
  /** Text form of the value. */
  readonly value: string | null;
  /** Name and message of the error, or why it was cancelled or lost. */
  readonly error: string | null;
}

/**
 * Runs code in the session of its language for another extension, at the level of extensions. Settles when it has ended.
 * @throws UserError, HoldfastError when it cannot be run
 */
export async function runForExtension(
  { language: dialect, code, token }: ExtensionRun,
  context: { readonly runner: Runner; readonly executions: Executions },
): Promise<ExtensionRunResult> {
  const source = { name: '<extension>', path: null, line: 1, column: 0 };
  const request = { dialect, code, source, origin: 'extension' as const };
  const { id: executionId, phase, value } = await runToEnd(request, context, token);
  switch (phase.status) {
    case 'succeeded':
      return { executionId, status: 'succeeded', value, error: null };
    case 'failed':
      return { executionId, status: 'failed', value: null, error: `${phase.error.name}: ${phase.error.message}` };
    case 'cancelled':
      return { executionId, status: 'cancelled', value: null, error: phase.reason };
    case 'lost':
      return { executionId, status: 'lost', value: null, error: phase.reason };
    case 'queued':
    case 'running':
    case 'background':
      return { executionId, status: 'lost', value: null, error: 'This window was not told how it ended.' };
  }
}
