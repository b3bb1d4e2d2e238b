import type { Prompt } from '../../../backend/protocol/client/index.ts';

/** A row of the Prompts & Grants view. Its fields are what commands take as their argument. */
export type PromptsRow =
  | { readonly kind: 'group'; readonly id: 'prompts' }
  | { readonly kind: 'prompt'; readonly promptId: string; readonly executionId?: string; readonly prompt: Prompt };

export function promptRow(prompt: Prompt): PromptsRow {
  const { promptId, executionId } = prompt;
  return { kind: 'prompt', promptId, ...(executionId === null ? {} : { executionId }), prompt };
}
