import type { Progress } from '../../backend/protocol/progress.ts';

/** Bars of one execution that a window keeps. */
export const MAX_BARS = 20;

/** The bars of an execution, oldest first, after one of them has moved. Of too many those go first that are over. */
export function withBar(bars: readonly Progress[], moved: Progress): readonly Progress[] {
  const known = bars.some(({ progressId }) => progressId === moved.progressId);
  if (known) return bars.map((bar) => (bar.progressId === moved.progressId ? moved : bar));
  if (bars.length < MAX_BARS) return [...bars, moved];
  const over = bars.findIndex(({ state }) => state !== 'running');
  return [...bars.toSpliced(Math.max(over, 0), 1), moved];
}

/** Nothing moves any more: code that was ended by force could not say so. */
export function stoppedBars(bars: readonly Progress[]): readonly Progress[] {
  return bars.map((bar) => (bar.state === 'running' ? { ...bar, state: 'stopped' } : bar));
}
