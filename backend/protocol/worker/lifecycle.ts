import * as z from 'zod';
import { fromWorker, toWorker } from './message.ts';

/** First message to a worker. It answers with `ready`, or exits with a message on its standard error. */
export const Hello = toWorker('hello', {
  protocol: z.int(),
  /**
   * Random, 32 hex digits. At the start and at the end of each execution the worker writes, to its private copies of fds 1 and 2,
   * `\0\x1e{marker}:{start|end}:{executionId}\x1e`. The backend takes these out of the streams and so knows which bytes belong to
   * which execution, and when all of them have come. Before a message with a `sync` number (counting up from 1) it writes
   * `\0\x1e{marker}:sync:{number}\x1e` to both, so that the message takes its place between the bytes before and after it.
   */
  marker: z.string().regex(/^[0-9a-f]{32}$/),
});

/** The worker is listening. */
export const Ready = fromWorker('ready', {
  protocol: z.int(),
  pid: z.int().positive(),
  /** Of the interpreter, for example `3.12.1` or `24.21.0`. */
  version: z.string(),
  /** Absolute path of the interpreter. */
  executable: z.string(),
});

/** Asks the worker to exit by itself: it stops reading, ends its children and exits with code 0. */
export const Shutdown = toWorker('shutdown', {});

/** Sent once a second while the control thread lives, busy or not. */
export const Heartbeat = fromWorker('heartbeat', {
  /** Resident memory in bytes. */
  memory: z.int().nonnegative(),
  /** Of one core, over the time since the last heartbeat. May exceed 100. */
  cpuPercent: z.number().nonnegative(),
  /** Variables of the person, the engine's own names left out. */
  namespaceSize: z.int().nonnegative(),
  /** Unix milliseconds at which the running execution started, null when idle. */
  busySince: z.number().nonnegative().nullable(),
});
