import * as z from 'zod';
import { ExecutionId, Variable } from '../values.ts';
import { fromWorker, toWorker } from './message.ts';
import { MAX_VARIABLES } from './namespace.ts';

/** Takes back the last cell, if none runs: a copy of the process from before it takes over. Nothing else may be sent until it has. */
export const Undo = toWorker('undo', {});

/** `done`: this process ends behind this message, and `thawed` follows from the other. */
export const Undone = fromWorker('undone', {
  /** The `id` of the `undo` that this answers. */
  replyTo: z.int().positive(),
  outcome: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('done') }),
    /** A cell runs or waits; since then, Unix milliseconds. */
    z.strictObject({ status: z.literal('busy'), since: z.number().nonnegative() }),
    z.strictObject({ status: z.literal('failed'), message: z.string().max(5000) }),
  ]),
});

/** The process that was copied before that execution is the session now. */
export const Thawed = fromWorker('thawed', {
  executionId: ExecutionId,
  pid: z.int().positive(),
  /** The first of its variables, in the order of definition. */
  variables: z.array(Variable).max(MAX_VARIABLES),
  total: z.int().nonnegative(),
});
