import * as z from 'zod';
import { Origin, Security } from '../security.ts';
import { Dialect, ExecutionId, SessionId, Source } from '../values.ts';
import { Outcome } from './executions.ts';
import { method } from './method.ts';

/** An execution as it is kept on disk: of sessions that are gone, and of backends that were killed, too. */
export const PastExecution = z.strictObject({
  executionId: ExecutionId,
  sessionId: SessionId,
  sessionName: z.string(),
  dialect: Dialect,
  source: Source,
  client: z.string(),
  origin: Origin,
  /** The beginning of its text. */
  code: z.string().max(500),
  /** `pending`: it waits or runs in this backend. */
  status: z.enum(['pending', 'succeeded', 'failed', 'cancelled', 'lost']),
  /** Of the value or the error, at most 500 characters; why it was lost. */
  summary: z.string().max(500).nullable(),
  /** How often it was begun; 0 when it never was. An idempotent one whose worker or backend went away is run again. */
  runs: z.int().nonnegative(),
  /** Unix milliseconds. */
  queuedAt: z.number(),
  endedAt: z.number().nullable(),
});
export type PastExecution = z.infer<typeof PastExecution>;

/** The newest executions, newest first. Fails with `unavailable` when they cannot be kept or read. */
export const ReadHistory = method(
  'executions.history',
  z.strictObject({ count: z.int().positive().max(200) }),
  z.strictObject({ executions: z.array(PastExecution) }),
);

/**
 * What an execution was asked with, to run it again. Payload: its text as it was, or its beginning when it is not `whole`.
 * Fails with `not_found` when it is not kept any more.
 */
export const ReadSource = method(
  'executions.source',
  z.strictObject({ executionId: ExecutionId }),
  z.strictObject({ execution: PastExecution, security: Security.nullable(), whole: z.boolean() }),
);

/**
 * How an execution ended; null while it has not. Payload: the parts of its value, when they were small enough to be kept.
 * Fails with `not_found` when it is not kept any more.
 */
export const ReadResult = method(
  'executions.result',
  z.strictObject({ executionId: ExecutionId }),
  z.strictObject({ execution: PastExecution, outcome: Outcome.nullable() }),
);
