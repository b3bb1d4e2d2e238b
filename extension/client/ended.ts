import type * as vscode from 'vscode';
import { DisposableStore } from '../platform/disposables.ts';
import { type Execution, hasEnded } from './execution.ts';
import type { Executions } from './executions.ts';

/** Settles when an execution has ended or is forgotten, when the time is up, or when whoever waits gives up. @param ms milliseconds */
export async function ended(
  { id }: Execution,
  executions: Executions,
  token: vscode.CancellationToken,
  ms = Number.POSITIVE_INFINITY,
): Promise<void> {
  const store = new DisposableStore();
  const isOver = () => {
    const execution = executions.get(id);
    return !execution || hasEnded(execution) || token.isCancellationRequested;
  };
  await new Promise<void>((resolve) => {
    const look = () => {
      if (isOver()) resolve();
    };
    if (Number.isFinite(ms)) {
      const timer = setTimeout(resolve, ms);
      store.add({ dispose: () => clearTimeout(timer) });
    }
    store.add(executions.onChanged(look));
    store.add(executions.onRemoved(look));
    store.add(token.onCancellationRequested(look));
    look();
  });
  store.dispose();
}
