import type { Prompt } from './prompts.ts';

/** Neither the answer nor what is typed may be shown or kept. */
export function isSecret({ form }: Prompt): boolean {
  return form.kind === 'text' && form.secret;
}
