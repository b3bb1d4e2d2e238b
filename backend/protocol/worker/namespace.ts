import * as z from 'zod';
import { Child, Completion, Edit, EditOutcome, MAX_CHILDREN, Reading, ReadOutcome, Target } from '../inspection.ts';
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

/** Asks for a value and a page of what is below it. Answered by the control thread, also while user code runs. */
export const InspectValue = toWorker('inspect_value', {
  target: Target,
  start: z.int().nonnegative(),
  /** 0: only the value. */
  count: z.int().nonnegative().max(MAX_CHILDREN),
});

export const ValueInspected = fromWorker('value_inspected', {
  /** The `id` of the `inspect_value` that this answers. */
  replyTo: z.int().positive(),
  /** Null when there is no such value. */
  value: Variable.nullable(),
  /** The value as text of several lines, for a hover: at most 4,000 characters. Made without calling user code. */
  text: z.string().max(8000),
  children: z.array(Child).max(MAX_CHILDREN),
  /** Children altogether. */
  total: z.int().nonnegative(),
});

/** Asks for what may follow: attributes of the value, or its keys. Answered by the control thread, also while user code runs. */
export const Complete = toWorker('complete', {
  target: Target,
  members: z.enum(['attributes', 'keys']),
  /** What the labels begin with, without regard to case. */
  prefix: z.string().max(500),
  count: z.int().positive().max(1000),
});

export const Completed = fromWorker('completed', {
  /** The `id` of the `complete` that this answers. */
  replyTo: z.int().positive(),
  items: z.array(Completion).max(1000),
  /** There are more. */
  truncated: z.boolean(),
});

/** Changes the namespace on the main thread, if no cell runs. `namespace_changed` with no execution comes before the answer. */
export const EditNamespace = toWorker('edit_namespace', { edit: Edit });

export const NamespaceEdited = fromWorker('namespace_edited', {
  /** The `id` of the `edit_namespace` that this answers. */
  replyTo: z.int().positive(),
  outcome: EditOutcome,
});

/** Reads a value on the main thread, if no cell runs. What takes longer than 3 s is interrupted and has failed. */
export const ReadValue = toWorker('read_value', { target: Target, reading: Reading });

/** Payload: see `Reading`. */
export const ValueRead = fromWorker('value_read', {
  /** The `id` of the `read_value` that this answers. */
  replyTo: z.int().positive(),
  outcome: ReadOutcome,
});
