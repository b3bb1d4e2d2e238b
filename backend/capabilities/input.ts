import * as z from 'zod';
import { human } from './capability.ts';
import { Question } from './question.ts';

const Params = z.strictObject({
  prompt: Question,
  /** As `getpass`: what is typed is neither shown nor kept. */
  secret: z.boolean(),
});

/** A line of text from the person: `input()` and `getpass()`. */
export const input = human<typeof Params>({
  name: 'input',
  params: Params,
  parts: { getpass: ({ secret }) => secret, secret: ({ secret }) => secret },
  describe: ({ prompt, secret }) => ({ prompt, form: { kind: 'text', secret } }),
  answer: () => z.string('The answer to input() is a text.').max(1_000_000),
});
