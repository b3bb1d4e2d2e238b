import * as z from 'zod';
import { CancelRung, Dialect, ErrorReport, ExecutionId, MimeParts, Mode, SessionId, Source } from '../values.ts';
import { method } from './method.ts';

/** The longest cell, in bytes of UTF-8: 16 MiB. */
export const MAX_CODE_BYTES = 16 * 1024 * 1024;

/**
 * Queues a cell in a session. Payload: its text, UTF-8. The client makes the id, so that asking twice (after a lost connection)
 * runs it once. A session whose worker is dead gets a new one first.
 */
export const Execute = method(
  'executions.execute',
  z.strictObject({
    sessionId: SessionId,
    executionId: ExecutionId,
    dialect: Dialect,
    source: Source,
  }),
  z.strictObject({ position: z.int().nonnegative() }),
);

/** Climbs the cancel ladder until the execution has ended; answered then. Harmless for one that has ended. */
export const CancelExecution = method(
  'executions.cancel',
  z.strictObject({ sessionId: SessionId, executionId: ExecutionId }),
  z.strictObject({}),
);

/** How an execution ended. An error in user code is data, never a failed request. The event's payload holds the parts. */
export const Outcome = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('succeeded'),
    mode: Mode,
    seconds: z.number().nonnegative(),
    text: z.string().nullable(),
    parts: MimeParts.nullable(),
  }),
  z.strictObject({
    status: z.literal('failed'),
    mode: Mode,
    seconds: z.number().nonnegative(),
    error: ErrorReport,
  }),
  z.strictObject({
    status: z.literal('cancelled'),
    seconds: z.number().nonnegative(),
    rung: CancelRung,
    /** From the first request to cancel until the execution ended. */
    cancelSeconds: z.number().nonnegative(),
    /** Names of variables that went with the worker (rung `kill`). */
    lost: z.array(z.string()).max(1000),
    error: ErrorReport.nullable(),
  }),
  z.strictObject({
    status: z.literal('lost'),
    seconds: z.number().nonnegative(),
    /** One sentence, with the exit code or signal. */
    reason: z.string(),
    /** The last output on standard error, at most 4 KiB. */
    stderrTail: z.string(),
  }),
]);
export type Outcome = z.infer<typeof Outcome>;
