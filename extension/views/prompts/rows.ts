import type { Grant, Prompt, SessionInfo } from '../../../backend/protocol/client/index.ts';

export type GroupId = 'prompts' | 'grants' | 'levels';

/** A row of the Prompts & Grants view. Its fields are what commands take as their argument. */
export type PromptsRow =
  | { readonly kind: 'group'; readonly id: GroupId }
  | { readonly kind: 'prompt'; readonly promptId: string; readonly executionId?: string; readonly prompt: Prompt }
  | { readonly kind: 'grant'; readonly grantId: string; readonly grant: Grant }
  | { readonly kind: 'level'; readonly sessionId: string; readonly session: SessionInfo };

export function promptRow(prompt: Prompt): PromptsRow {
  const { promptId, executionId } = prompt;
  return { kind: 'prompt', promptId, ...(executionId === null ? {} : { executionId }), prompt };
}
