import * as vscode from 'vscode';
import * as z from 'zod';
import { Target } from '../../backend/protocol/inspection.ts';
import { SessionId } from '../../backend/protocol/values.ts';
import { UserError } from '../platform/user-error.ts';
import type { Services } from '../services.ts';

/** Names a variable; rows of the Namespace view have these shapes too. */
export const VariableArgument = z.object({ sessionId: SessionId, name: z.string().min(1) });

/** Names a value of the namespace, a variable or something below one. `expression`: how code names it, null when it cannot. */
export const ValueArgument = z.object({
  sessionId: SessionId,
  target: Target,
  expression: z.string().nullable(),
});
export type ValueArgument = z.infer<typeof ValueArgument>;

/** What was named, else the row of the Namespace view that has the focus. @throws UserError */
export function namedOrSelected<Argument extends z.ZodType>(
  schema: Argument,
  argument: z.infer<Argument> | undefined,
  { namespaceTree }: Services,
): z.infer<Argument> {
  if (argument !== undefined) return argument;
  const selected = schema.safeParse(namespaceTree.selected);
  if (selected.success) return selected.data;
  throw new UserError(vscode.l10n.t('Select a variable in the Namespace view first.'));
}
