import type * as vscode from 'vscode';
import * as z from 'zod';
import type { AgentContext } from './agent-context.ts';

/** A tool whose input is not looked at yet. */
export interface Tool {
  prepare(input: unknown): vscode.PreparedToolInvocation;
  /** @returns what the model reads. @throws an error whose message it reads */
  invoke(input: unknown, context: AgentContext, token: vscode.CancellationToken): Promise<string>;
}

interface Definition<Input extends z.ZodType> {
  readonly input: Input;
  /** What is shown while it works; with `confirmationMessages` the person is asked first. */
  prepare(input: z.infer<Input>): vscode.PreparedToolInvocation;
  invoke(input: z.infer<Input>, context: AgentContext, token: vscode.CancellationToken): Promise<string>;
}

export function tool<Input extends z.ZodType>({ input: schema, prepare, invoke }: Definition<Input>): Tool {
  const decoded = (input: unknown): z.infer<Input> => {
    const result = schema.safeParse(input);
    if (result.success) return result.data;
    throw new Error(`The tool cannot use this input. ${z.prettifyError(result.error)}`);
  };
  return {
    prepare: (input) => prepare(decoded(input)),
    invoke: (input, context, token) => invoke(decoded(input), context, token),
  };
}
