import * as z from 'zod';

/** How far something is that a program does. */
export const Progress = z.strictObject({
  /** Names the bar in the worker's life: it is told again as it goes on. */
  progressId: z.int().positive(),
  label: z.string().max(500),
  done: z.number().nonnegative(),
  /** Null when nobody knows. It may change, and be less than `done`. */
  total: z.number().nonnegative().nullable(),
  /** `stopped`: it ended before its end. A bar whose execution has ended is over, whatever it said last. */
  state: z.enum(['running', 'done', 'stopped']),
});
export type Progress = z.infer<typeof Progress>;
