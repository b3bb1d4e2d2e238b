import type { CancelRung } from '../protocol/values.ts';

/** What a ladder climbs on. */
export interface CancelTarget {
  /** Asks the worker, which may not hear. */
  ask(rung: 'cooperative' | 'interrupt' | 'children' | 'force'): void;
  /** Ends the worker's process group. Always works. */
  kill(): void;
}

/** When each rung is tried, in milliseconds after the first. DESIGN.md §6. */
export const RUNGS: readonly (readonly [
  CancelRung & ('cooperative' | 'interrupt' | 'children' | 'force' | 'kill'),
  number,
])[] = [
  ['cooperative', 0],
  ['interrupt', 250],
  ['children', 250],
  ['force', 500],
  ['kill', 1500],
];

/**
 * Climbs rung by rung until the execution has ended. It always ends: the last rung needs no help from the worker.
 * Starting it again while it climbs is the caller's to avoid.
 */
export class CancelLadder {
  readonly startedAt = performance.now();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(target: CancelTarget) {
    for (const [rung, at] of RUNGS) {
      const step = () => {
        if (rung === 'kill') target.kill();
        else target.ask(rung);
      };
      if (at === 0) step();
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
