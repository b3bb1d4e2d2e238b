import * as z from 'zod';
import { fromWorker, toWorker } from './message.ts';

/** Bytes of one part in one message. */
export const MAX_PART_CHUNK = 4 * 1024 * 1024;

const Outcome = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('done') }),
  /** A cell runs or waits; since then, Unix milliseconds. */
  z.strictObject({ status: z.literal('busy'), since: z.number().nonnegative() }),
  z.strictObject({ status: z.literal('failed'), message: z.string().max(5000) }),
]);

/** Copies the namespace on the main thread, if no cell runs. Serializing runs code of the values' own classes. */
export const Checkpoint = toWorker('checkpoint', {
  /** A variable that takes more is not stored. */
  maxVariableBytes: z.int().positive(),
  /** Nor are those that would make the whole larger. */
  maxBytes: z.int().positive(),
  /** A cell that comes meanwhile ends it as `busy`; else the cell waits. */
  givesWay: z.boolean(),
});

/** Payload: bytes of a part, in order. Parts come in the order of their numbers. */
export const CheckpointPart = fromWorker('checkpoint_part', {
  /** The `id` of the `checkpoint` that this belongs to. */
  replyTo: z.int().positive(),
  part: z.int().nonnegative(),
});

/** Behind all parts. Payload when it is done: a `CheckpointManifest`, JSON. */
export const Checkpointed = fromWorker('checkpointed', {
  /** The `id` of the `checkpoint` that this answers. */
  replyTo: z.int().positive(),
  outcome: Outcome,
});

/** Payload: bytes of a part of the checkpoint that will be restored next, in order. The first of part 0 lets go of what came before. */
export const RestorePart = toWorker('restore_part', {
  part: z.int().nonnegative(),
  /** Bytes of this part that came before. */
  offset: z.int().nonnegative(),
});

/** Merges the parts that were sent into the namespace, if no cell runs. Payload: a `CheckpointManifest` of what is wanted of them, JSON. */
export const Restore = toWorker('restore', {});

/** Payload when it is done: a `RestoreReport`, JSON. `namespace_changed` with no execution comes before. */
export const Restored = fromWorker('restored', {
  /** The `id` of the `restore` that this answers. */
  replyTo: z.int().positive(),
  outcome: Outcome,
});
