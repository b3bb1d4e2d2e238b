import type { RungTimes } from '../../backend/execution/cancel-ladder.ts';
import { DEFAULT_SETTINGS } from '../../backend/protocol/client/index.ts';
import type { CancelRung } from '../../backend/protocol/values.ts';

const ORDER: readonly CancelRung[] = ['queued', 'cooperative', 'interrupt', 'children', 'force', 'kill'];
/** A test that waits for so long is about to fail. */
const NEVER_MS = 30_000;

/**
 * When to try the rungs of a cell that one of these must end: the higher ones come so late that a busy machine, which takes its time
 * for these, does not come to them.
 */
export function timesUpTo(rungs: readonly CancelRung[]): RungTimes {
  const { interruptMs, forceMs, killMs } = DEFAULT_SETTINGS.cancel;
  const highest = Math.max(...rungs.map((rung) => ORDER.indexOf(rung)));
  const unlessAbove = (rung: CancelRung, ms: number) => (ORDER.indexOf(rung) > highest ? NEVER_MS : ms);
  return {
    interruptMs: unlessAbove('interrupt', interruptMs),
    forceMs: unlessAbove('force', forceMs),
    killMs: unlessAbove('kill', killMs),
  };
}
