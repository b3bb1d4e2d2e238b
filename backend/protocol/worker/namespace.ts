import * as z from 'zod';
import { ExecutionId, Variable } from '../values.ts';
import { fromWorker, toWorker } from './message.ts';

/** Variables in one message. The rest is fetched with `inspect`. */
export const MAX_VARIABLES = 1000;

/** What an execution did to the namespace: new and changed variables, deleted names. Sent before the terminal message. */
export const NamespaceChanged = fromWorker('namespace_changed', {
  executionId: ExecutionId.nullable(),
  changed: z.array(Variable).max(MAX_VARIABLES),
  deleted: z.array(z.string()).max(MAX_VARIABLES),
  /** Variables in the namespace now. */
  total: z.int().nonnegative(),
  /** More changed than fit: ask again with `inspect`. */
  truncated: z.boolean(),
});

/** Asks for a page of the namespace in the order of definition. Answered by the control thread, also while user code runs. */
export const Inspect = toWorker('inspect', {
  start: z.int().nonnegative(),
  count: z.int().positive().max(MAX_VARIABLES),
});

export const Inspected = fromWorker('inspected', {
  /** The `id` of the `inspect` that this answers. */
  replyTo: z.int().positive(),
  variables: z.array(Variable).max(MAX_VARIABLES),
  total: z.int().nonnegative(),
});
