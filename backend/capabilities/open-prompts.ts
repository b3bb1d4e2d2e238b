import * as z from 'zod';
import type { Prompt } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';

/** Prompts that one session may have open at once: user code cannot fill the memory with questions. */
export const MAX_OPEN_PROMPTS = 10_000;

/** How a prompt ended, for whoever asked. */
export type PromptEnd =
  | { readonly status: 'answered'; readonly value: z.infer<ReturnType<typeof z.json>> }
  | { readonly status: 'failed'; readonly code: 'closed' | 'timeout'; readonly message: string };

export interface NewPrompt {
  readonly prompt: Prompt;
  /** Of the request that it belongs to. */
  readonly requestId: number;
  /** What an answer may be. It comes from an editor, a terminal or another program; what it parses to is the answer, as JSON. */
  readonly answer: z.ZodType;
  /** Called once, unless it is abandoned. */
  readonly ended: (end: PromptEnd) => void;
}

interface OpenPrompt extends NewPrompt {
  readonly timer: NodeJS.Timeout | undefined;
}

export interface PromptListener {
  opened(prompt: Prompt): void;
  closed(promptId: string, reason: 'answered' | 'abandoned'): void;
}

/** The questions of one session that wait for a person. Each gets one answer: the first one wins. */
export class OpenPrompts {
  readonly #listener: PromptListener;
  readonly #timeoutMs: () => number | null;
  readonly #open = new Map<string, OpenPrompt>();

  /** @param timeoutMs after which a question that nobody answers has failed; null: it waits */
  constructor(listener: PromptListener, timeoutMs: () => number | null) {
    this.#listener = listener;
    this.#timeoutMs = timeoutMs;
  }

  get all(): Prompt[] {
    return [...this.#open.values()].map(({ prompt }) => prompt);
  }

  get full(): boolean {
    return this.#open.size >= MAX_OPEN_PROMPTS;
  }

  open(made: NewPrompt): void {
    const { promptId } = made.prompt;
    const timeout = this.#timeoutMs();
    const timer = timeout === null ? undefined : setTimeout(() => this.#late(promptId, timeout), timeout);
    timer?.unref();
    this.#open.set(promptId, { ...made, timer });
    this.#listener.opened(made.prompt);
  }

  has(promptId: string): boolean {
    return this.#open.has(promptId);
  }

  /** @throws HoldfastError `conflict` when it is not open any more, `invalid` when the value has the wrong shape: it stays open. */
  answer(promptId: string, value: unknown): void {
    const open = this.#get(promptId);
    const checked = open.answer.safeParse(value);
    if (!checked.success) throw new HoldfastError('invalid', z.prettifyError(checked.error));
    // The schema only lets JSON through.
    this.#close(open, { status: 'answered', value: checked.data as z.infer<ReturnType<typeof z.json>> }, 'answered');
  }

  /** @throws HoldfastError `conflict` */
  refuse(promptId: string): void {
    const message = 'The question was closed without an answer.';
    this.#close(this.#get(promptId), { status: 'failed', code: 'closed', message }, 'answered');
  }

  /** Forgets those that fit: no program waits for them any more. */
  abandon(fits: (prompt: Prompt, requestId: number) => boolean): void {
    for (const open of [...this.#open.values()]) {
      const { promptId } = open.prompt;
      if (!fits(open.prompt, open.requestId)) continue;
      clearTimeout(open.timer);
      this.#open.delete(promptId);
      this.#listener.closed(promptId, 'abandoned');
    }
  }

  #late(promptId: string, timeout: number): void {
    const open = this.#open.get(promptId);
    if (!open) return;
    const message = `Nobody answered within ${timeout / 1000} s.`;
    this.#close(open, { status: 'failed', code: 'timeout', message }, 'abandoned');
  }

  #get(promptId: string): OpenPrompt {
    const open = this.#open.get(promptId);
    if (!open)
      throw new HoldfastError('conflict', 'That question has been answered already, or its program has ended.');
    return open;
  }

  #close(open: OpenPrompt, end: PromptEnd, reason: 'answered' | 'abandoned'): void {
    clearTimeout(open.timer);
    this.#open.delete(open.prompt.promptId);
    open.ended(end);
    this.#listener.closed(open.prompt.promptId, reason);
  }
}
