import * as z from 'zod';
import { Origin, Security } from '../security.ts';
import {
  CancelRung,
  Dialect,
  ErrorReport,
  ExecutionId,
  MimeParts,
  Mode,
  SessionId,
  Source,
  ValueFacts,
} from '../values.ts';
import { MAX_OUTPUT_PAGE_BYTES } from './limits.ts';
import { method } from './method.ts';

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
    /** Cells that were asked for together: when one of them does not succeed, those behind it do not run. Null: it stands alone. */
    batch: z.string().min(1).max(64).nullable(),
    /** Who asks for it; a person when it does not say. */
    origin: Origin.optional(),
    /** What it may do, when that is stricter than what is usual for who asks. */
    security: Security.optional(),
  }),
  z.strictObject({ position: z.int().nonnegative() }),
);

/** Climbs the cancel ladder until the execution has ended; answered then. Harmless for one that has ended. */
export const CancelExecution = method(
  'executions.cancel',
  z.strictObject({ sessionId: SessionId, executionId: ExecutionId }),
  z.strictObject({}),
);

/** Cancels what waits to run. What runs goes on. */
export const ClearQueue = method(
  'executions.clear_queue',
  z.strictObject({ sessionId: SessionId }),
  z.strictObject({ cancelled: z.array(ExecutionId) }),
);

/** Moves a waiting execution to a place in the queue, 0 being the next to run. Fails with `not_found` when it does not wait. */
export const MoveExecution = method(
  'executions.move',
  z.strictObject({ sessionId: SessionId, executionId: ExecutionId, position: z.int().nonnegative() }),
  z.strictObject({}),
);

/**
 * A page of what an execution printed, both streams in the order in which they came, from the session's output log.
 * Payload: the bytes, fewer than asked for at the end. Null as id: what was printed between executions.
 * Fails with `not_found` when that output is not kept any more.
 */
export const ReadOutput = method(
  'executions.output',
  z.strictObject({
    sessionId: SessionId,
    executionId: ExecutionId.nullable(),
    /** Byte position of the page. */
    start: z.int().nonnegative(),
    count: z.int().positive().max(MAX_OUTPUT_PAGE_BYTES),
  }),
  z.strictObject({
    /** Bytes that are kept. */
    kept: z.int().nonnegative(),
    /** Bytes that were printed. */
    total: z.int().nonnegative(),
    /** Why not all of it is kept, in words; null when it is. */
    cut: z.string().nullable(),
  }),
);

/** How an execution ended. An error in user code is data, never a failed request. The event's payload holds the parts. */
export const Outcome = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('succeeded'),
    mode: Mode,
    seconds: z.number().nonnegative(),
    text: z.string().nullable(),
    parts: MimeParts.nullable(),
    /** Of the value; absent when there is none. */
    facts: ValueFacts.optional(),
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
    /** Why it was cancelled when nobody asked for just that, in words. */
    reason: z.string().nullable(),
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
