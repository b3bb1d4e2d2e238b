import * as z from 'zod';
import { Level } from '../security.ts';
import { LanguageId } from '../values.ts';
import { method } from './method.ts';

export const StepId = z.string().regex(/^[0-9a-f-]{1,64}$/);
/** A text of a cell in a file. */
export const CellId = z.string().regex(/^[0-9a-f]{32}$/);
export const StepName = z
  .string()
  .min(1, 'The name of the step is empty.')
  .max(200, 'The name of the step is longer than 200 characters. What differs from call to call is for its key.');
/** As JSON. Null: it has none. */
export const StepKey = z.string().max(1000, 'The key of the step is longer than 1,000 characters as JSON.').nullable();

/** A step of a program that has finished. Its value is not told. */
export const KeptStep = z.strictObject({
  stepId: StepId,
  cellId: CellId,
  /** Real path of the file, or the name of what is in none. */
  file: z.string().max(4096),
  /** Line of the cell when it was kept, 1-based. */
  line: z.int().positive(),
  /** Title of the cell, or its first line of code. */
  heading: z.string().max(200),
  language: LanguageId,
  name: StepName,
  key: StepKey,
  /** Of the value. */
  type: z.string().max(200),
  /** Of the value as it is kept, before compression. */
  bytes: z.int().nonnegative(),
  /** How long its function took. */
  seconds: z.number().nonnegative(),
  /** Unix milliseconds. */
  keptAt: z.number().nonnegative(),
  /** What ran it. What runs at a looser level does not take its value. */
  level: Level,
});
export type KeptStep = z.infer<typeof KeptStep>;

/** The newest first, in pages. Fails with `unavailable` when nothing is kept, with the reason. */
export const ListSteps = method(
  'steps.list',
  z.strictObject({ start: z.int().nonnegative() }),
  z.strictObject({
    steps: z.array(KeptStep),
    /** Where the next page begins; null: this is the last one. */
    next: z.int().positive().nullable(),
  }),
);

/** These run again when they come next. Of `stepIds` and `cellId` what fits both; both null: all. */
export const ForgetSteps = method(
  'steps.forget',
  z.strictObject({ stepIds: z.array(StepId).max(10_000).nullable(), cellId: CellId.nullable() }),
  z.strictObject({ forgotten: z.int().nonnegative() }),
);
