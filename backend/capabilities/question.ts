import * as z from 'zod';

/** What a program asks, as a person reads it. */
export const Question = z.string().max(10_000);

const YES = ['yes', 'y', 'true', 'ok'];
const NO = ['no', 'n', 'false'];

/** Yes or no in a person's own typing. */
export const YesOrNo = z.union([z.boolean(), z.string()]).transform((answer, context) => {
  if (typeof answer === 'boolean') return answer;
  const word = answer.trim().toLowerCase();
  if (YES.includes(word)) return true;
  if (NO.includes(word)) return false;
  context.addIssue(`The answer is yes or no, not ${JSON.stringify(answer.slice(0, 100))}.`);
  return z.NEVER;
});
