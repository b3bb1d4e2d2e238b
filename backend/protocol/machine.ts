import * as z from 'zod';
import { method } from './client/method.ts';
import { ExecutionId, LanguageId, Stream } from './values.ts';

/** A name that machines share which do the same kind of work. */
export const Group = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'A group is named by 1 to 63 letters, digits, "-" and "_".');

/** Shared by the machines of a person; nobody else may know it. Long enough that it cannot be guessed. */
export const MachineToken = z.string().min(32, 'The token of machines has at least 32 characters.').max(1024);

/**
 * First request on a connection to a machine, which is known to be the right one by its certificate. Fails with `unauthorized` for a wrong
 * token and with `version` when the two are not of the same version.
 */
export const MachineHello = method(
  'machine.hello',
  z.strictObject({ protocol: z.int(), version: z.string(), token: MachineToken }),
  z.strictObject({}),
);

/** Starts a worker, which goes with the connection. Fails with `unavailable` when there is no interpreter. */
export const StartWorker = method(
  'worker.start',
  z.strictObject({ language: LanguageId }),
  z.strictObject({
    interpreter: z.strictObject({ path: z.string(), version: z.string(), origin: z.string() }),
    /** Absolute path on that machine. */
    cwd: z.string(),
  }),
);

/** To a machine, behind `worker.start`. */
export const ToMachine = z.discriminatedUnion('kind', [
  /** A message to the worker, whole. Payload: its own. */
  z.strictObject({ kind: z.literal('message'), header: z.record(z.string(), z.unknown()) }),
  z.strictObject({ kind: z.literal('hold'), held: z.boolean() }),
  z.strictObject({ kind: z.literal('nudge') }),
  z.strictObject({ kind: z.literal('kill') }),
  z.strictObject({ kind: z.literal('alive') }),
]);
export type ToMachine = z.infer<typeof ToMachine>;

/** What the worker does, in the order in which it happened. */
export const FromMachine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('started'), pid: z.int().positive() }),
  /** Checked against `FromWorker` by who gets it. Payload: its own. */
  z.strictObject({ kind: z.literal('message'), header: z.record(z.string(), z.unknown()) }),
  /** Payload: bytes as the program wrote them. */
  z.strictObject({ kind: z.literal('output'), stream: Stream, executionId: ExecutionId.nullable() }),
  z.strictObject({ kind: z.literal('output_ended'), stream: Stream, executionId: ExecutionId }),
  z.strictObject({
    kind: z.literal('exited'),
    code: z.int().nullable(),
    signal: z.string().nullable(),
    stderrTail: z.string(),
    fault: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('alive') }),
]);
export type FromMachine = z.infer<typeof FromMachine>;
