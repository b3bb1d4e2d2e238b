import * as z from 'zod';
import { method } from './method.ts';

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
});
export type BackendStatus = z.infer<typeof BackendStatus>;

export const StatusMethod = method('backend.status', z.strictObject({}), BackendStatus);

/**
 * Ends the backend and with it every session. Answered before it goes.
 * `whenIdle`: fails with `conflict` while an execution runs or waits.
 */
export const StopMethod = method('backend.stop', z.strictObject({ whenIdle: z.boolean() }), z.strictObject({}));
