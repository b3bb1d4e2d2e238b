import * as z from 'zod';
import type { Capability } from './capability.ts';

const Params = z.strictObject({
  prompt: z.string().max(10_000),
  /** As `getpass`: what is typed is neither shown nor kept. */
  secret: z.boolean(),
});

/** A line of text from the person: `input()` and `getpass()`. */
export const input: Capability<typeof Params, z.ZodString> = {
  name: 'input',
  kind: 'human',
  params: Params,
  answer: z.string('The answer to input() is a text.').max(1_000_000),
  describe: ({ prompt, secret }) => ({ prompt, secret }),
};
