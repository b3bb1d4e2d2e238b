import * as z from 'zod';
import type { StepRef } from '../durable/steps/step-index.ts';
import { MAX_PARTS, StepFormat } from '../durable/steps/step-record.ts';
import { StepKey, StepName } from '../protocol/client/steps.ts';
import { type PerformContext, performed } from './performed.ts';

const Ref = { name: StepName, key: StepKey };

const Params = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.literal('find'), ...Ref }),
  /** Payload: the parts, one after the other. */
  z.strictObject({
    operation: z.literal('keep'),
    ...Ref,
    type: z.string().max(200),
    format: StepFormat,
    parts: z.array(z.int().nonnegative()).min(1).max(MAX_PARTS),
    seconds: z.number().nonnegative(),
  }),
  /** It failed, and is tried again. */
  z.strictObject({
    operation: z.literal('again'),
    ...Ref,
    reason: z.string().max(2000),
    attempt: z.int().positive(),
    retries: z.int().positive(),
    seconds: z.number().nonnegative(),
  }),
  /** Its value cannot be written as bytes. */
  z.strictObject({ operation: z.literal('not_kept'), ...Ref, reason: z.string().max(2000) }),
]);

/**
 * Keeps what a step of a cell came to, so that the cell goes on behind it when it runs again. `find` answers with a `state`: `kept`, with the
 * `format`, the lengths of the `parts`, and the parts as payload; `none`; or `off` when nothing can be kept.
 */
export const step = performed<typeof Params>({
  kind: 'request_response',
  name: 'step',
  params: Params,
  effects: () => [],
  perform: async (params, context, payload) => {
    const { name, key } = params;
    switch (params.operation) {
      case 'find': {
        const found = await context.steps.find({ name, key }, context);
        if (found.state !== 'kept') return { value: { state: found.state } };
        const { state, format, parts, bytes } = found;
        return { value: { state, format, parts: [...parts] }, payload: bytes };
      }
      case 'keep': {
        const { operation: _, ...finished } = params;
        await context.steps.keep(finished, payload, context);
        return { value: null };
      }
      case 'again': {
        const { reason, attempt, retries, seconds } = params;
        const when = `It is tried again in ${seconds} s (${attempt} of ${retries}).`;
        await say(`The step ${named({ name, key })} failed (${reason}). ${when}`, context);
        return { value: null };
      }
      case 'not_kept':
        await sayNotKept({ name, key }, params.reason, context);
        return { value: null };
    }
  },
});

/** In the output of the execution: it belongs to what the program shows. */
export async function say(text: string, { output }: PerformContext): Promise<void> {
  await output('stderr', Buffer.from(`holdfast: ${text}\n`));
}

export function sayNotKept(ref: StepRef, reason: string, context: PerformContext): Promise<void> {
  return say(`The value of the step ${named(ref)} is not kept, so it runs again next time: ${reason}`, context);
}

function named({ name, key }: StepRef): string {
  return key === null ? JSON.stringify(name) : `${JSON.stringify(name)} with key ${key}`;
}
