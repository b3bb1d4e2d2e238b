import type { Variable } from '../protocol/values.ts';
import type { Session } from './session.ts';

/**
 * Takes a session's last cell back. Its variables are as they were before it; what it did outside the process stays done.
 * @returns the execution that was undone.
 * @throws HoldfastError `unavailable` with the reason, `conflict` while a cell runs or waits, `timeout`, `closed`
 */
export async function undoCell(session: Session): Promise<string> {
  const { checkpoints, executions, journal, worker } = session;
  return await executions.paused(async () => {
    const before = worker.variables.names;
    const { executionId, variables, total } = await worker.undo();
    const names = new Set(variables.map(({ name }: Variable) => name));
    // All of them are told, as far as they fit: nobody has to know which the cell had changed.
    const truncated = variables.length < total;
    const deleted = truncated ? [] : before.filter((name) => !names.has(name));
    checkpoints.changed([...names], deleted, truncated);
    // It knows only what was allowed then.
    session.tellPolicy(true);
    journal.tell({ kind: 'namespace_changed', changed: variables, deleted, total, truncated, reset: false });
    return executionId;
  });
}
