import * as z from 'zod';
import { MAX_REVIEW } from '../protocol/prompt-form.ts';
import { human } from './capability.ts';
import { Question, YesOrNo } from './question.ts';

const Params = z.strictObject({
  title: Question,
  /** More about it, shown below. */
  detail: Question.nullable(),
  /** What would change; shown side by side. */
  diff: z
    .strictObject({ name: z.string().max(500), before: z.string().max(MAX_REVIEW), after: z.string().max(MAX_REVIEW) })
    .nullable(),
});

/** Yes or no from the person. */
export const approve = human<typeof Params>({
  name: 'approve',
  params: Params,
  describe: ({ title, detail, diff }) => ({ prompt: title, form: { kind: 'approve', detail, diff } }),
  answer: () => YesOrNo,
});
