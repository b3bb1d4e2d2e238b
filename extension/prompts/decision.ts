import type { Prompt } from '../../backend/protocol/client/index.ts';
import type { AnswerValue } from './forms/form.ts';

/** The answer that lets a program go on, or does not: for questions of which one word is an answer. */
export function decision({ form }: Prompt, allowed: boolean): AnswerValue | undefined {
  switch (form.kind) {
    case 'approve':
      return allowed;
    case 'permission':
      return allowed ? 'allow_once' : 'deny_once';
    default:
      return undefined;
  }
}

/** "Allow" and "Deny" answer it. */
export function isDecidable(prompt: Prompt): boolean {
  return decision(prompt, true) !== undefined;
}
