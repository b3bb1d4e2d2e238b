import { type BackendSettings, DEFAULT_SETTINGS } from '../protocol/client/index.ts';
import type { CancelRung } from '../protocol/values.ts';

/** What a ladder climbs on. */
export interface CancelTarget {
  /** Asks the worker, which may not hear. */
  ask(rung: 'cooperative' | 'interrupt' | 'children' | 'force'): void;
  /** Ends the worker's process group. Always works. */
  kill(): void;
}

/** When the rungs are tried, in milliseconds after the first. */
export type RungTimes = BackendSettings['cancel'];

type Step = Exclude<CancelRung, 'queued'>;

/** The rungs in the order in which they are tried, and when. */
export function rungs({ interruptMs, forceMs, killMs }: RungTimes): readonly (readonly [Step, number])[] {
  return [
    ['cooperative', 0],
    ['interrupt', interruptMs],
    ['children', interruptMs],
    ['force', forceMs],
    ['kill', killMs],
  ];
}

/**
 * Climbs rung by rung until the execution has ended. It always ends: the last rung needs no help from the worker.
 * Starting it again while it climbs is the caller's to avoid.
 */
export class CancelLadder {
  readonly startedAt = performance.now();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(target: CancelTarget, times: RungTimes = DEFAULT_SETTINGS.cancel) {
    for (const [rung, at] of rungs(times)) {
      const step = () => {
        if (rung === 'kill') target.kill();
        else target.ask(rung);
      };
      if (rung === 'cooperative') step();
      else this.#timers.push(setTimeout(step, at));
    }
  }

  /** Seconds since the first rung. */
  get seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  /** The execution has ended. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
