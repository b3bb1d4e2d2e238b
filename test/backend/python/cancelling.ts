import { CancelLadder, type RungTimes } from '../../../backend/execution/cancel-ladder.ts';
import type { Execution, Finished } from '../../helpers/worker-process.ts';
import type { Session } from './session.ts';

/** Printed by a cell when it is where it should be cancelled. */
export const READY = 'print("ready", flush=True)';

/** Settles when the cell has printed `ready`. */
export async function printedReady(session: Session, id: string): Promise<void> {
  while (!session.worker.stdout.text(id).includes('ready')) {
    await new Promise((resolve) => session.worker.process.stdout?.once('data', resolve));
  }
}

/** Climbs the ladder as the backend does until the cell has ended. Rejects when only the kill ended it. */
export async function climb(session: Session, { id, finished }: Execution, times?: RungTimes): Promise<Finished> {
  let killed = false;
  const ladder = new CancelLadder(
    {
      ask: (rung) => {
        if (rung === 'cooperative') session.cancel(id);
        else session.worker.send({ type: 'interrupt', executionId: id, rung });
        if (rung === 'interrupt' || rung === 'force') session.worker.nudge();
      },
      kill: () => {
        killed = true;
        session.worker.kill();
      },
    },
    times,
  );
  try {
    return await finished;
  } catch (error) {
    throw killed ? new Error('Only the kill ended it.') : error;
  } finally {
    ladder.stop();
  }
}
