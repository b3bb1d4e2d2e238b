import * as z from 'zod';
import { Progress } from '../progress.ts';
import { Origin } from '../security.ts';
import { Dialect, ExecutionId, MimeParts, Mode, PromptId, SessionId, Source, Stream, Variable } from '../values.ts';
import { CheckpointReference } from './checkpoints.ts';
import { Durability } from './durability.ts';
import { Outcome } from './executions.ts';
import { CapabilityCall } from './external.ts';
import { Notice, Prompt } from './prompts.ts';
import { Recovery } from './recovery.ts';
import { Grant } from './security.ts';
import { SessionInfo } from './sessions.ts';

/** What happens in a session, in order. Terminal for an execution is `finished`, exactly once. */
export const SessionEvent = z.discriminatedUnion('kind', [
  /** Payload: its code, UTF-8; nothing when it is longer than MAX_KEPT_CODE_BYTES. */
  z.strictObject({
    kind: z.literal('queued'),
    executionId: ExecutionId,
    dialect: Dialect,
    source: Source,
    /** Who asked for it: the `client` of its `hello`. */
    client: z.string(),
    origin: Origin,
  }),
  z.strictObject({ kind: z.literal('started'), executionId: ExecutionId, mode: Mode }),
  /**
   * Its worker went away before it ended, and its cell is marked as idempotent: it waits for the next worker, and is `started` again.
   * `runs`: how often it has begun. What it printed stays.
   */
  z.strictObject({
    kind: z.literal('runs_again'),
    executionId: ExecutionId,
    runs: z.int().positive(),
    /** One sentence: why the worker went away. */
    reason: z.string(),
  }),
  /** Payload: bytes as the program wrote them. Null: written between executions. */
  z.strictObject({
    kind: z.literal('output'),
    executionId: ExecutionId.nullable(),
    stream: Stream,
    /** So many bytes of its output before these were left out for a lossy reader that is behind: they are in the output log. */
    skipped: z.int().positive().optional(),
  }),
  /** What this execution prints from here on is not kept in the output log; `reason` says why, in words. */
  z.strictObject({ kind: z.literal('output_cut'), executionId: ExecutionId.nullable(), reason: z.string() }),
  /** Payload: the parts. */
  z.strictObject({ kind: z.literal('display'), executionId: ExecutionId.nullable(), parts: MimeParts }),
  z.strictObject({ kind: z.literal('progress'), executionId: ExecutionId.nullable(), ...Progress.shape }),
  z.strictObject({ kind: z.literal('prompt_opened'), prompt: Prompt }),
  z.strictObject({
    kind: z.literal('prompt_closed'),
    promptId: PromptId,
    reason: z.enum(['answered', 'abandoned']),
  }),
  z.strictObject({ kind: z.literal('noticed'), ...Notice.shape }),
  z.strictObject({
    kind: z.literal('namespace_changed'),
    changed: z.array(Variable),
    deleted: z.array(z.string()),
    total: z.int().nonnegative(),
    truncated: z.boolean(),
    /** Everything known before is gone: a new worker has started. */
    reset: z.boolean(),
  }),
  /** A worker that went away has a successor, with what could be brought back of its variables. */
  z.strictObject({ kind: z.literal('recovered'), recovery: Recovery }),
  /** A person had a new worker started. `checkpoint` holds what the one before had; null when none does. */
  z.strictObject({ kind: z.literal('restarted'), checkpoint: CheckpointReference.nullable() }),
  /** Payload: the parts of a succeeded outcome. */
  z.strictObject({ kind: z.literal('finished'), executionId: ExecutionId, outcome: Outcome }),
  /** This reader was too slow or came too late: so many bytes of events are not kept any more, null when it is not known. */
  z.strictObject({ kind: z.literal('dropped'), bytes: z.int().nonnegative().nullable() }),
]);
export type SessionEvent = z.infer<typeof SessionEvent>;

/** What the backend sends by itself. */
export const BackendEvent = z.discriminatedUnion('event', [
  /** To attached connections. `sequence` counts up from 1 in each session; a `dropped` event carries that of the last event it stands for. */
  z.strictObject({
    event: z.literal('session_event'),
    sessionId: SessionId,
    sequence: z.int().nonnegative(),
    /** Unix milliseconds at which it happened. */
    at: z.number(),
    body: SessionEvent,
  }),
  /** To every connection: a session is new or its state changed. */
  z.strictObject({ event: z.literal('session_changed'), session: SessionInfo }),
  z.strictObject({ event: z.literal('session_removed'), sessionId: SessionId }),
  /** To the connection that offers a capability: a program has called it, or waits no more. */
  z.strictObject({ event: z.literal('capability_called'), call: CapabilityCall }),
  z.strictObject({ event: z.literal('capability_cancelled'), callId: CapabilityCall.shape.callId }),
  /** To every connection: all remembered answers. */
  z.strictObject({ event: z.literal('grants_changed'), grants: z.array(Grant) }),
  /** To every connection: `checkpoints.list` has another answer. */
  z.strictObject({ event: z.literal('checkpoints_changed') }),
  /** To every connection: what happens is not kept any more, or is again. */
  z.strictObject({ event: z.literal('durability_changed'), durability: Durability }),
  /** To every connection: `steps.list` has another answer. */
  z.strictObject({ event: z.literal('steps_changed') }),
]);
export type BackendEvent = z.infer<typeof BackendEvent>;
