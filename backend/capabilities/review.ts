import * as z from 'zod';
import { MAX_REVIEW } from '../protocol/prompt-form.ts';
import { human } from './capability.ts';
import { Question, YesOrNo } from './question.ts';

const Params = z.strictObject({
  prompt: Question,
  text: z.string().max(MAX_REVIEW),
  /** VS Code's id of the language it is written in. */
  language: z.string().max(100).nullable(),
});

/** A text that the person reads, may change, and says yes or no to. User code gets the text, or null for no. */
export const review = human<typeof Params>({
  name: 'review',
  params: Params,
  describe: ({ prompt, text, language }) => ({ prompt, form: { kind: 'review', text, language } }),
  answer: ({ text }) =>
    z.union([
      z
        .strictObject({ approved: z.boolean(), text: z.string().max(1_000_000) })
        .transform((answer) => (answer.approved ? answer.text : null)),
      YesOrNo.transform((approved) => (approved ? text : null)),
    ]),
});
