import * as z from 'zod';
import { ExecutionId, SessionId } from '../values.ts';
import { Location } from '../worker/capability.ts';
import { method } from './method.ts';

/** As user code names it: `capability("name", …)`. */
export const ExternalName = z.string().regex(/^[a-z][a-z_]{0,63}$/);

/**
 * Offers a capability to the programs of all sessions, as long as this connection lives. Calls come as `capability_called` events, each of which
 * is answered with `capabilities.answer`. Fails with `conflict` when the name is taken, with `invalid` when the schema is none.
 */
export const RegisterCapability = method(
  'capabilities.register',
  z.strictObject({
    name: ExternalName,
    /** One sentence for a person. */
    description: z.string().min(1).max(1000),
    /** JSON Schema of an object: what programs pass is checked against it before the provider is called. */
    parameters: z.record(z.string(), z.json()),
    /** Milliseconds that the provider has for an answer. */
    deadlineMs: z.int().positive().max(3_600_000),
  }),
  z.strictObject({}),
);

export const UnregisterCapability = method(
  'capabilities.unregister',
  z.strictObject({ name: ExternalName }),
  z.strictObject({}),
);

/** What other extensions offer. */
export const ListExternal = method(
  'capabilities.list',
  z.strictObject({}),
  z.strictObject({ capabilities: z.array(z.strictObject({ name: ExternalName, description: z.string() })) }),
);

/** To the connection that offers it: a program has called. */
export const CapabilityCall = z.strictObject({
  callId: z.string().max(64),
  name: ExternalName,
  parameters: z.record(z.string(), z.json()),
  sessionId: SessionId,
  executionId: ExecutionId.nullable(),
  location: Location.nullable(),
});
export type CapabilityCall = z.infer<typeof CapabilityCall>;

/** The provider's answer. One that nobody waits for any more is dropped. */
export const AnswerCall = method(
  'capabilities.answer',
  z.strictObject({
    callId: z.string().max(64),
    answer: z.discriminatedUnion('status', [
      z.strictObject({ status: z.literal('answered'), value: z.json() }),
      z.strictObject({
        status: z.literal('failed'),
        code: z.enum(['denied', 'closed', 'timeout', 'invalid', 'failed']),
        message: z.string().max(10_000),
      }),
    ]),
  }),
  z.strictObject({}),
);
