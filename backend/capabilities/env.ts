import * as z from 'zod';
import { performed } from './performed.ts';

const category = 'environment';
const Params = z.strictObject({
  name: z
    .string()
    .min(1, 'The name is empty.')
    .max(1000, 'The name is longer than 1,000 characters.')
    .refine((name) => !/[=\0]/.test(name), 'The name of a variable holds no "=" and no NUL.'),
});

/** A variable of the environment that the session was started with; null when there is none. */
export const env = performed<typeof Params>({
  kind: 'request_response',
  name: 'env',
  category,
  params: Params,
  effects: ({ name }) => [{ category, operation: 'env', name }],
  perform: async ({ name }, context) => ({ value: context.env[name] ?? null }),
});
