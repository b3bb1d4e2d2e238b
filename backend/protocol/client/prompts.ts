import * as z from 'zod';
import { PromptForm } from '../prompt-form.ts';
import { ExecutionId, PromptId, SessionId } from '../values.ts';
import { Location } from '../worker/capability.ts';
import { method } from './method.ts';

/** A question that waits for a person. */
export const Prompt = z.strictObject({
  promptId: PromptId,
  sessionId: SessionId,
  executionId: ExecutionId.nullable(),
  capability: z.string(),
  /** What the program asks, at most 10,000 characters. */
  prompt: z.string(),
  form: PromptForm,
  location: Location.nullable(),
  createdAt: z.number(),
});
export type Prompt = z.infer<typeof Prompt>;

/** A message of a program to the person. */
export const Notice = z.strictObject({
  executionId: ExecutionId.nullable(),
  level: z.enum(['information', 'warning', 'error']),
  /** At most 10,000 characters. */
  message: z.string(),
  location: Location.nullable(),
});
export type Notice = z.infer<typeof Notice>;

export const ListPrompts = method('prompts.list', z.strictObject({}), z.strictObject({ prompts: z.array(Prompt) }));

/** Answers a prompt. The first answer wins: a later one fails with `conflict`. An answer of the wrong shape fails with `invalid`. */
export const AnswerPrompt = method(
  'prompts.answer',
  z.strictObject({ promptId: PromptId, value: z.json() }),
  z.strictObject({}),
);

/** Refuses a prompt for good: the program gets an EOFError. Fails with `conflict` when it was answered before. */
export const ClosePrompt = method('prompts.close', z.strictObject({ promptId: PromptId }), z.strictObject({}));
