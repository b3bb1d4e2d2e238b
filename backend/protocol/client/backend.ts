import * as z from 'zod';
import { Durability } from './durability.ts';
import { method } from './method.ts';
import { DEFAULT_SECURITY, SecuritySettings } from './security.ts';

/**
 * First request on every connection; nothing else is answered before it.
 * Fails with `unauthorized` for a wrong token and with `version` for another protocol version.
 */
export const HelloMethod = method(
  'hello',
  z.strictObject({
    protocol: z.int(),
    token: z.string(),
    /** Who connects, for the log and for history: `cli`, `vscode`. */
    client: z.string().min(1).max(100),
    clientVersion: z.string().max(100),
  }),
  z.strictObject({
    protocol: z.int(),
    version: z.string(),
    pid: z.int().positive(),
    workspace: z.string(),
  }),
);

export const BackendStatus = z.strictObject({
  durability: Durability,
  version: z.string(),
  pid: z.int().positive(),
  workspace: z.string(),
  /** Node that runs the backend. */
  node: z.string(),
  /** Unix milliseconds. */
  startedAt: z.number(),
  clients: z.int().nonnegative(),
  sessions: z.int().nonnegative(),
  runningExecutions: z.int().nonnegative(),
  /** Resident memory in bytes. */
  memory: z.int().nonnegative(),
  /** Absolute path of the backend's log. */
  logFile: z.string(),
  /** Absolute path of the log of what programs were allowed and denied. */
  auditFile: z.string(),
});
export type BackendStatus = z.infer<typeof BackendStatus>;

export const StatusMethod = method('backend.status', z.strictObject({}), BackendStatus);

/**
 * Ends the backend and with it every session. Answered before it goes.
 * `whenIdle`: fails with `conflict` while an execution runs or waits.
 */
export const StopMethod = method('backend.stop', z.strictObject({ whenIdle: z.boolean() }), z.strictObject({}));

/** What a person may set for all sessions of a workspace. In force from the next execution or session on. */
export const BackendSettings = z.strictObject({
  output: z.strictObject({
    /** Bytes of one execution's output that are kept on disk. */
    maxBytes: z.int().positive(),
  }),
  python: z.strictObject({
    /** Where cells that block run. */
    blockingCells: z.enum(['main', 'thread']),
    autoreload: z.boolean(),
    /** Copies of a worker from before its cells (Linux). In force for workers that start from now on. */
    undo: z.strictObject({
      enabled: z.boolean(),
      maxSnapshots: z.int().positive().max(100),
      /** Bytes that they may take together, beyond what they share with the worker. */
      maxBytes: z.int().nonnegative(),
    }),
  }),
  pool: z.strictObject({
    /** Memory that workers started in advance may take together, in bytes. 0: none is started. */
    maxMemory: z.int().nonnegative(),
  }),
  checkpoints: z.strictObject({
    /** Copies a namespace that has changed, once its session rests. */
    automatic: z.boolean(),
    /** Milliseconds of rest before that. */
    idleMs: z.int().nonnegative(),
    /** Bytes that one variable may take; a larger one is not stored. */
    maxVariableBytes: z.int().positive(),
    /** Bytes that one checkpoint may take. */
    maxBytes: z.int().positive(),
    /** Bytes that all of the workspace may take on disk. */
    maxTotalBytes: z.int().positive(),
  }),
  security: SecuritySettings,
  /** When the rungs of the cancel ladder after `cooperative` are tried, in milliseconds after the request. */
  cancel: z
    .strictObject({
      interruptMs: z.int().nonnegative().max(60_000),
      forceMs: z.int().nonnegative().max(60_000),
      killMs: z.int().nonnegative().max(60_000),
    })
    .refine(({ interruptMs, forceMs, killMs }) => interruptMs <= forceMs && forceMs <= killMs, {
      error: 'The cancel times must not fall: interruptMs <= forceMs <= killMs.',
    }),
});
export type BackendSettings = z.infer<typeof BackendSettings>;

export const DEFAULT_SETTINGS: BackendSettings = {
  output: { maxBytes: 100 * 1024 * 1024 },
  python: { blockingCells: 'main', autoreload: false, undo: { enabled: false, maxSnapshots: 5, maxBytes: 1024 ** 3 } },
  pool: { maxMemory: 256 * 1024 * 1024 },
  checkpoints: {
    automatic: true,
    idleMs: 10_000,
    maxVariableBytes: 256 * 1024 * 1024,
    maxBytes: 512 * 1024 * 1024,
    maxTotalBytes: 4 * 1024 * 1024 * 1024,
  },
  security: DEFAULT_SECURITY,
  cancel: { interruptMs: 250, forceMs: 500, killMs: 1500 },
};

/** Replaces the settings. The last client that asks is heard. */
export const Configure = method('backend.configure', BackendSettings, z.strictObject({}));
