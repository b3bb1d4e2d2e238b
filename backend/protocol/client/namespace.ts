import * as z from 'zod';
import { Edit, EditOutcome, Reading, ReadOutcome, Target } from '../inspection.ts';
import { SessionId, Variable } from '../values.ts';
import { Complete, Completed, InspectValue, MAX_VARIABLES, ValueInspected } from '../worker/namespace.ts';
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

const reply = { type: true, id: true, timestamp: true, replyTo: true } as const;
const request = { type: true, id: true, timestamp: true } as const;

/** A value and a page of what is below it: see `inspect_value` of the worker. Answered while user code runs where the interpreter can. */
export const InspectNamespaceValue = method(
  'namespace.inspect',
  z.strictObject({ sessionId: SessionId, ...InspectValue.omit(request).shape }),
  ValueInspected.omit(reply),
);

/** What may follow an expression: see `complete` of the worker. */
export const CompleteNamespace = method(
  'namespace.complete',
  z.strictObject({ sessionId: SessionId, ...Complete.omit(request).shape }),
  Completed.omit(reply),
);

/** Sets, deletes or renames a variable of a session that runs nothing. */
export const EditSessionNamespace = method(
  'namespace.edit',
  z.strictObject({ sessionId: SessionId, edit: Edit }),
  EditOutcome,
);

/** A page of a table, or a value as text, of a session that runs nothing. The bytes are the answer's payload: see `Reading`. */
export const ReadNamespaceValue = method(
  'namespace.read',
  z.strictObject({ sessionId: SessionId, target: Target, reading: Reading }),
  ReadOutcome,
);
