import * as z from 'zod';
import { SessionId, Variable } from '../values.ts';
import { MAX_VARIABLES } from '../worker/namespace.ts';
import { method } from './method.ts';

/** A page of a session's variables in the order of definition. Answered while user code runs where the interpreter can. */
export const ListNamespace = method(
  'namespace.list',
  z.strictObject({
    sessionId: SessionId,
    start: z.int().nonnegative(),
    count: z.int().positive().max(MAX_VARIABLES),
  }),
  z.strictObject({ variables: z.array(Variable), total: z.int().nonnegative() }),
);
