import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { KeptStep } from '../../protocol/client/steps.ts';

/** How a value was made into bytes. */
export const StepFormat = z.enum(['pickle', 'cloudpickle', 'dill', 'v8']);
export type StepFormat = z.infer<typeof StepFormat>;

/** Parts of one value: a pickle, and its buffers. */
export const MAX_PARTS = 10_000;

/** What the promise of a finished step was settled with. */
export const StepRecord = z.strictObject({
  step: KeptStep,
  format: StepFormat,
  /** Bytes of each part; together they are the value. */
  parts: z.array(z.int().nonnegative()).min(1).max(MAX_PARTS),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The value in base64 when it is small; null: it is a blob. */
  inside: z.string().nullable(),
  /** HMAC-SHA256, in hex, with the key of the workspace. */
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});
export type StepRecord = z.infer<typeof StepRecord>;

/** What a change of would make it the value of another step, or of another program. */
export function signatureOf({ step, format, parts, sha256 }: Omit<StepRecord, 'signature'>, key: Buffer): string {
  const { stepId, cellId, language, name, key: own, level } = step;
  const signed = JSON.stringify(['step', stepId, cellId, language, name, own, level, format, parts, sha256]);
  return createHmac('sha256', key).update(signed).digest('hex');
}

export function isSignedBy(key: Buffer, record: StepRecord): boolean {
  return timingSafeEqual(Buffer.from(signatureOf(record, key)), Buffer.from(record.signature));
}
