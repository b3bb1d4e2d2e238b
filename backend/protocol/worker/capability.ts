import * as z from 'zod';
import { ExecutionId } from '../values.ts';
import { fromWorker, Sync, toWorker } from './message.ts';

/** The line of user code that asks. Null when it cannot be told. */
export const Location = z.strictObject({ file: z.string(), line: z.int().positive() });
export type Location = z.infer<typeof Location>;

/**
 * User code asks the host for something and waits. `parameters` is checked against the capability's own schema. Payload: bytes for it, such
 * as the content of a file to be written.
 */
export const CapabilityRequest = fromWorker('capability_request', {
  /** Unique in the worker's life. */
  requestId: z.int().positive(),
  executionId: ExecutionId.nullable(),
  capability: z.string().regex(/^[a-z][a-z_]{0,63}$/),
  parameters: z.record(z.string(), z.json()),
  location: Location.nullable(),
  sync: Sync,
});

/**
 * The answer. Payload: bytes that belong to its value. A failed one is raised in user code: `denied` as PermissionError, `closed` as EOFError,
 * `timeout` as TimeoutError, `invalid` as TypeError, `failed` as OSError.
 */
export const CapabilityResponse = toWorker('capability_response', {
  requestId: z.int().positive(),
  answer: z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('answered'), value: z.json() }),
    z.strictObject({
      status: z.literal('failed'),
      code: z.enum(['denied', 'closed', 'timeout', 'invalid', 'failed']),
      message: z.string(),
      /** Of the system, such as `ENOENT`, where it is the reason. */
      errno: z.string().max(100).optional(),
    }),
  ]),
});

/** Nobody waits for the answer any more, while the execution goes on. One that is on its way is dropped. */
export const CapabilityAbandoned = fromWorker('capability_abandoned', { requestId: z.int().positive() });
