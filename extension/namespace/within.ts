import type * as vscode from 'vscode';
import { HoldfastError } from '../../backend/protocol/errors.ts';

/**
 * What `work` comes to within some milliseconds. Undefined when it takes longer, when the editor no longer wants it, and when the
 * session cannot be asked: an editor that is typed in shows nothing then, and says nothing.
 */
export async function within<T>(
  milliseconds: number,
  token: vscode.CancellationToken,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), milliseconds);
  const cancelled = token.onCancellationRequested(() => abort.abort());
  const givenUp = new Promise<undefined>((resolve) =>
    abort.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  try {
    return await Promise.race([work(abort.signal), givenUp]);
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    cancelled.dispose();
  }
}
