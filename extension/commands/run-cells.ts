import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Cell } from '../cells/cell.ts';
import type { Execution } from '../client/execution.ts';
import { NothingToDo } from '../platform/user-error.ts';
import type { Services } from '../services.ts';

/**
 * Runs cells one after the other; when one fails, those behind it do not run. Settles when the backend has taken them all, with the last.
 * @throws UserError
 */
export async function runCells({ run, runner }: Services, cells: readonly Cell[]): Promise<Execution> {
  const batch = cells.length > 1 ? { batch: randomUUID() } : {};
  const asked = await Promise.allSettled(cells.map((cell) => run({ ...cell, ...batch })));
  const taken = asked.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  const refused = asked.find((it) => it.status === 'rejected');
  if (refused) {
    // What comes behind a gap would run without what it stands on.
    await Promise.all(taken.map(({ id }) => runner.cancel(id)));
    throw refused.reason;
  }
  const last = taken.at(-1);
  if (!last) throw new NothingToDo(vscode.l10n.t('There is no code there to run.'));
  return last;
}
