import * as z from 'zod';
import { CheckpointReference } from './checkpoints.ts';

/** Variables that are named one by one. */
export const MAX_RECOVERED = 1000;

const Names = z.array(z.string().max(1000)).max(MAX_RECOVERED);

/** What became of the variables of a session whose worker, or whose backend, went away without having been asked to. */
export const Recovery = z.strictObject({
  /** Where they were brought back from; null when there was no checkpoint. */
  checkpoint: CheckpointReference.nullable(),
  /** False: the backend went away, too. What was made or changed after the checkpoint is not known; what it has counts as restored. */
  known: z.boolean(),
  /** As they were. */
  restored: Names,
  /** As they were at the checkpoint: they had changed since. */
  older: Names,
  lost: z
    .array(z.strictObject({ name: z.string().max(1000), reason: z.string().max(500).nullable() }))
    .max(MAX_RECOVERED),
});
export type Recovery = z.infer<typeof Recovery>;
