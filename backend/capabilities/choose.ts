import * as z from 'zod';
import { MAX_OPTIONS } from '../protocol/prompt-form.ts';
import { human } from './capability.ts';
import { Question } from './question.ts';

const Params = z.strictObject({
  prompt: Question,
  options: z
    .array(z.strictObject({ label: z.string().max(500), detail: z.string().max(1000).nullable() }))
    .min(1, 'There is nothing to choose from.')
    .max(MAX_OPTIONS),
  /** Any number of them, also none; otherwise exactly one. */
  many: z.boolean(),
});

const One = z.union([z.int().nonnegative(), z.string()]);

/** One of several options, or some of them. User code gets their positions. */
export const choose = human<typeof Params>({
  name: 'choose',
  params: Params,
  describe: ({ prompt, options, many }) => ({ prompt, form: { kind: 'choose', options, many } }),
  answer: ({ options, many }) => chosenOf(options, many),
});

type Options = readonly { readonly label: string }[];

/** What an answer may be. It parses to positions. */
export function chosenOf(options: Options, many: boolean) {
  return z.union([z.array(One).max(MAX_OPTIONS), One]).transform((answer, context) => {
    const chosen = Array.isArray(answer) ? answer : many && typeof answer === 'string' ? words(answer) : [answer];
    const positions = chosen.map((one) => positionOf(one, options));
    const wrong = positions.indexOf(-1);
    if (wrong !== -1) {
      context.addIssue(`There is no option ${JSON.stringify(chosen[wrong])}. ${listed(options)}`);
    } else if (!many && positions.length !== 1) {
      context.addIssue(`Exactly one option is to be chosen. ${listed(options)}`);
    }
    return [...new Set(positions)];
  });
}

/** The label, or the number that a list for a person begins its line with. */
function positionOf(answer: number | string, options: Options): number {
  if (typeof answer === 'number') return answer < options.length ? answer : -1;
  const text = answer.trim();
  const position = options.findIndex(({ label }) => label.trim() === text);
  if (position !== -1 || !/^\d+$/.test(text)) return position;
  return Number(text) >= 1 && Number(text) <= options.length ? Number(text) - 1 : -1;
}

function words(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function listed(options: Options): string {
  const shown = options.slice(0, 20).map(({ label }, index) => `${index + 1} (${label})`);
  return `There are: ${shown.join(', ')}${options.length > shown.length ? ', …' : ''}.`;
}
