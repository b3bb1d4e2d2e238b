import * as z from 'zod';
import { AbsolutePath } from './absolute-path.ts';
import type { Capability } from './capability.ts';
import { type Effect, performed } from './performed.ts';

const Operation = z.string().min(1).max(200);
const OnPath = z.strictObject({ operation: Operation, path: AbsolutePath });
const OnHost = z.strictObject({
  operation: Operation,
  host: z.string().min(1).max(1000),
  port: z.int().nonnegative().max(65_535).nullable(),
});
const OnCommand = z.strictObject({
  operation: Operation,
  argv: z.array(z.string().max(2001)).min(1).max(100),
  cwd: z.string().max(4096).nullable(),
});
const OnVariable = z.strictObject({ operation: Operation, name: z.string().max(1000).nullable() });

/** The worker itself does it, when it is allowed to. Answers `{ allowed: true, remember }`: whether the same need not be asked again. */
function operation<Params extends z.ZodType>(
  name: Effect['category'],
  params: Params,
  effect: (params: z.infer<Params>) => Effect,
): Capability {
  return performed<Params>({
    kind: 'request_response',
    name,
    params,
    effects: (given) => [effect(given)],
    perform: async (_params, { remember }) => ({ value: { allowed: true, remember } }),
  });
}

/** What the consent gate of a worker asks for when ordinary code is about to touch the world. */
export const gate: readonly Capability[] = [
  operation('read', OnPath, (params) => ({ category: 'read', ...params })),
  operation('write', OnPath, (params) => ({ category: 'write', ...params })),
  operation('delete', OnPath, (params) => ({ category: 'delete', ...params })),
  operation('network', OnHost, (params) => ({ category: 'network', ...params })),
  operation('subprocess', OnCommand, (params) => ({ category: 'subprocess', ...params })),
  operation('environment', OnVariable, (params) => ({ category: 'environment', ...params })),
  operation('native', OnPath, (params) => ({ category: 'native', ...params })),
];
