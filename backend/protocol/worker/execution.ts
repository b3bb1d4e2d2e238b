import * as z from 'zod';
import {
  CancelRung,
  Dialect,
  ErrorReport,
  ExecutionId,
  MimeParts,
  Mode,
  Source,
  Stream,
  ThreadUse,
  ValueFacts,
} from '../values.ts';
import { fromWorker, Sync, toWorker } from './message.ts';

/** Runs a cell. Payload: the cell's text, UTF-8. A worker runs one at a time, in the order they come, and drops an id it has seen. */
export const Execute = toWorker('execute', {
  executionId: ExecutionId,
  dialect: Dialect,
  source: Source,
  /** How it is to be run and reported; null: the worker finds that out (Python). */
  mode: Mode.nullable(),
  /** Without meaning in JavaScript, whose code has one thread. */
  thread: ThreadUse,
  /** Modules of the project that have been edited are imported anew before the cell runs (Python). */
  autoreload: z.boolean(),
});

/** First rung of the ladder: cancels a suspended await, abandons a pending prompt, interrupts running code. Ignored when the id is not running or queued. */
export const Cancel = toWorker('cancel', { executionId: ExecutionId });

/** A later rung. `interrupt` raises again; `children` ends the processes the cell started; `force` raises where user code cannot catch it. */
export const Interrupt = toWorker('interrupt', {
  executionId: ExecutionId,
  rung: z.enum(['interrupt', 'children', 'force']),
});

/** The cell has begun to run, after its start marker. A cell that does not compile has mode `unknown` and goes straight to `error`. */
export const Started = fromWorker('started', { executionId: ExecutionId, mode: Mode });

/** Text that did not go through fds 1 and 2 (console.log in JavaScript). Payload: UTF-8. Null: not of any execution. */
export const Output = fromWorker('output', { executionId: ExecutionId.nullable(), stream: Stream });

/** A value that the program chose to show. Payload: the parts. */
export const Display = fromWorker('display', { executionId: ExecutionId.nullable(), parts: MimeParts, sync: Sync });

/**
 * Terminal: the cell succeeded. Sent after the end markers and after `namespace_changed`. Payload: the parts of the last
 * expression's value; `parts` is null when there is none.
 */
export const Result = fromWorker('result', {
  executionId: ExecutionId,
  mode: Mode,
  /** Time of the cell itself. */
  seconds: z.number().nonnegative(),
  /** The value as text, bounded: at most 100,000 characters. Null when there is no value. */
  text: z.string().max(200_000).nullable(),
  parts: MimeParts.nullable(),
  /** Of the value; absent when there is none. */
  facts: ValueFacts.optional(),
});

/** Terminal: the cell raised, or was cancelled. */
export const ErrorMessage = fromWorker('error', {
  executionId: ExecutionId,
  mode: Mode,
  seconds: z.number().nonnegative(),
  error: ErrorReport,
  /** The rung that ended it when it was cancelled, null when it failed by itself. */
  cancelled: CancelRung.nullable(),
});
