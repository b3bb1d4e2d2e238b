import * as z from 'zod';
import { ERROR_CODES } from './errors.ts';
import { Timestamp } from './values.ts';

const base = { id: z.int().positive(), timestamp: Timestamp };

/** What travels between a client and the backend. Parameters, results and events are checked against their own schemas afterwards. */
export const RpcMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('request'), ...base, method: z.string().max(100), params: z.unknown() }),
  z.strictObject({ type: z.literal('response'), ...base, replyTo: z.int().positive(), result: z.unknown() }),
  z.strictObject({
    type: z.literal('failure'),
    ...base,
    replyTo: z.int().positive(),
    code: z.enum(ERROR_CODES),
    message: z.string(),
  }),
  /** The caller does not want the answer any more. The request still ends with exactly one response or failure. */
  z.strictObject({ type: z.literal('cancel'), ...base, replyTo: z.int().positive() }),
  z.strictObject({ type: z.literal('event'), ...base, body: z.unknown() }),
]);
export type RpcMessage = z.infer<typeof RpcMessage>;
