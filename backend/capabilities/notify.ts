import * as z from 'zod';
import { sendOnly } from './capability.ts';

const Params = z.strictObject({
  message: z.string().min(1, 'The message is empty.').max(10_000),
  level: z.enum(['information', 'warning', 'error']),
});

/** A message to the person, beside the program's output. */
export const notify = sendOnly<typeof Params>({
  name: 'notify',
  params: Params,
  perform: ({ message, level }, context) => context.notify(level, message),
});
