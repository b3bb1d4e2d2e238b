import * as z from 'zod';
import { Group } from '../machine.ts';
import { Level, Security } from '../security.ts';
import { BackgroundTask, ExecutionId, LanguageId, MAX_TASKS, SessionId } from '../values.ts';
import { CheckpointReference } from './checkpoints.ts';
import { method } from './method.ts';

/**
 * `unresponsive`: its worker has given no sign of life for a while, for example in C code that holds the interpreter. `asleep`: its
 * backend is gone; the next execution brings it back with what its last checkpoint has.
 */
export const SessionState = z.enum(['starting', 'idle', 'busy', 'unresponsive', 'asleep', 'dead']);
export type SessionState = z.infer<typeof SessionState>;

/** Waiting executions that are listed. */
export const MAX_WAITING = 50;

export const SessionInfo = z.strictObject({
  sessionId: SessionId,
  name: z.string(),
  language: LanguageId,
  state: SessionState,
  interpreter: z.strictObject({ path: z.string(), version: z.string(), origin: z.string() }),
  /** Absolute path. */
  cwd: z.string(),
  /** Process id of the worker, null when there is none. */
  pid: z.int().positive().nullable(),
  /** Ends with the connection that created it. */
  ephemeral: z.boolean(),
  running: ExecutionId.nullable(),
  queued: z.int().nonnegative(),
  /** The first of those that wait, in order. */
  waiting: z.array(ExecutionId).max(MAX_WAITING),
  /** Resident memory of the worker in bytes, null before the first heartbeat. */
  memory: z.int().nonnegative().nullable(),
  cpuPercent: z.number().nonnegative().nullable(),
  /** Variables in the namespace. */
  variables: z.int().nonnegative(),
  /** What goes on after its cell has ended, oldest first. */
  tasks: z.array(BackgroundTask).max(MAX_TASKS),
  /** How many such tasks there are, listed or not. */
  totalTasks: z.int().nonnegative(),
  /** Unix milliseconds of the worker's last sign of life when it is unresponsive, null otherwise. */
  unresponsiveSince: z.number().nullable(),
  /** What a person's executions in it may do. */
  level: Level,
  /** Where its worker runs when that is not the backend's machine. */
  machine: z.strictObject({ group: Group, host: z.string() }).optional(),
  /** What the system itself enforces, for a person to read; null: nothing. */
  floor: z.string().max(100).nullable(),
  /** Why the last worker went away, in words; null when it did not. */
  exit: z.string().nullable(),
  createdAt: z.number(),
});
export type SessionInfo = z.infer<typeof SessionInfo>;

export const ListSessions = method(
  'sessions.list',
  z.strictObject({}),
  z.strictObject({ sessions: z.array(SessionInfo) }),
);

/**
 * Creates a session, or gives back the one of that name and language when `reuse` is set.
 * The worker is started at once; the answer does not wait until it is ready.
 * Fails with `unavailable` when no usable interpreter is found, with `conflict` when the name is taken.
 */
export const CreateSession = method(
  'sessions.create',
  z.strictObject({
    language: LanguageId,
    /** Null: the language's name, with a number when that is taken. */
    name: z.string().min(1).max(100).nullable(),
    reuse: z.boolean(),
    ephemeral: z.boolean(),
    /** Path or command of the interpreter; null to search. */
    interpreter: z.string().nullable(),
    /** Absolute path; null for the workspace. */
    cwd: z.string().nullable(),
    /** The environment of the worker; null for the backend's own. Never logged. */
    env: z.record(z.string(), z.string()).nullable(),
    /** Absolute path of a file of `NAME=value` lines that are added to it, read each time a worker starts; null for none. */
    envFile: z.string().nullable(),
    /** What its executions may do; what is usual when it does not say. */
    security: Security.optional(),
    /** Whether the system is to enforce the level, where it can. Holds as long as the session. */
    floor: z.boolean().optional(),
    /** Machines on one of which its worker runs, with their own interpreter, folder and environment. */
    group: Group.optional(),
  }),
  z.strictObject({ session: SessionInfo, created: z.boolean() }),
);

const OneSession = z.strictObject({ sessionId: SessionId });

/** Which checkpoint holds what a worker had when it was ended; null when there is none, or an older one only. */
const Checkpoint = CheckpointReference.nullable();

/**
 * Ends the worker and starts a new one with an empty namespace. Running and queued executions end as `lost`. While nothing runs, what has
 * changed is stored first, in a few seconds at most.
 */
export const RestartSession = method(
  'sessions.restart',
  OneSession,
  z.strictObject({ session: SessionInfo, checkpoint: Checkpoint }),
);

/** Cancels the running execution and everything queued behind it. Answered when all have ended. */
export const InterruptSession = method(
  'sessions.interrupt',
  OneSession,
  z.strictObject({ cancelled: z.array(ExecutionId) }),
);

/** Ends the worker, with a copy of what it has as at a restart, and removes the session. */
export const KillSession = method('sessions.kill', OneSession, z.strictObject({ checkpoint: Checkpoint }));

/**
 * Sends the session's events to this connection, from the first one after `cursor` on (0: all that are kept).
 * `lossless`: the session waits for this reader, so that it misses nothing. `lossy`: it gets a flood at a bounded pace; when that is
 * too slow, output from the middle of an execution is left out (`skipped`), or, of all events, the oldest (`dropped`).
 */
export const AttachSession = method(
  'sessions.attach',
  z.strictObject({ sessionId: SessionId, cursor: z.int().nonnegative(), delivery: z.enum(['lossless', 'lossy']) }),
  z.strictObject({ session: SessionInfo, /** Sequence number of the newest event. */ cursor: z.int().nonnegative() }),
);

export const DetachSession = method('sessions.detach', OneSession, z.strictObject({}));

/** Fails with `conflict` when another session has that name. */
export const RenameSession = method(
  'sessions.rename',
  z.strictObject({ sessionId: SessionId, name: z.string().trim().min(1).max(100) }),
  z.strictObject({ session: SessionInfo }),
);

/**
 * Cancels one of the session's background tasks. `requested`: it ends when its own code lets it. `gone`: it had ended.
 * Fails with `timeout` when the worker cannot answer, with `unavailable` when there is none.
 */
export const CancelTask = method(
  'tasks.cancel',
  z.strictObject({ sessionId: SessionId, taskId: z.int().positive() }),
  z.strictObject({ status: z.enum(['cancelled', 'requested', 'gone']) }),
);

/**
 * Takes the last cell back: variables are as they were before it. What it did outside the session's process stays done.
 * Fails with `unavailable`, saying why it cannot be undone, and with `conflict` while a cell runs or waits.
 */
export const UndoCell = method('sessions.undo', OneSession, z.strictObject({ executionId: ExecutionId }));
