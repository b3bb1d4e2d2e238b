const FRAMES = ['◐', '◓', '◑', '◒'] as const;
const FRAME_MS = 250;
const STILL = '⋯';
const STILL_MS = 1000;

/** The mark of code that runs, and after how many milliseconds there is another one. */
export interface Spinner {
  readonly every: number;
  /** @param now Unix milliseconds */
  frame(now: number): string;
}

/** @param reducedMotion the person wants nothing to move: only the elapsed time goes on. */
export function spinner(reducedMotion: boolean): Spinner {
  if (reducedMotion) return { every: STILL_MS, frame: () => STILL };
  return { every: FRAME_MS, frame: (now) => FRAMES[Math.floor(now / FRAME_MS) % FRAMES.length] ?? STILL };
}
