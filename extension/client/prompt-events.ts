import type { Prompt, SessionEvent } from '../../backend/protocol/client/index.ts';
import type { Executions } from './executions.ts';
import type { Prompts } from './prompts.ts';

/** Keeps the open questions as the backend tells them, and the executions that wait for one. */
export class PromptEvents {
  readonly #prompts: Prompts;
  readonly #executions: Executions;

  constructor(prompts: Prompts, executions: Executions) {
    this.#prompts = prompts;
    this.#executions = executions;
  }

  apply(event: Extract<SessionEvent, { kind: 'prompt_opened' | 'prompt_closed' }>): void {
    const prompts = this.#prompts;
    const prompt = event.kind === 'prompt_opened' ? event.prompt : prompts.get(event.promptId);
    if (event.kind === 'prompt_opened') prompts.open(event.prompt);
    else prompts.close(event.promptId);
    if (prompt?.executionId)
      this.#executions.setWaiting(prompt.executionId, prompts.ofExecution(prompt.executionId).length > 0);
  }

  /** What is open now: the others have been closed while nobody told. */
  replace(open: readonly Prompt[]): void {
    const ids = new Set(open.map(({ promptId }) => promptId));
    for (const { promptId } of this.#prompts.all()) {
      if (!ids.has(promptId)) this.apply({ kind: 'prompt_closed', promptId, reason: 'abandoned' });
    }
    for (const prompt of open) {
      if (!this.#prompts.get(prompt.promptId)) this.apply({ kind: 'prompt_opened', prompt });
    }
  }
}
