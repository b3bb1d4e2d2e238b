import * as z from 'zod';
import type { PromptFate, PromptRecord, PromptRecords } from '../durable/prompt-records.ts';
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

/** `writing`: it is not on disk yet, and nobody has seen it. `ending`: somebody has answered it, and that is not on disk yet. */
type OpenPrompt = NewPrompt &
  (
    | { readonly state: 'writing' }
    | { readonly state: 'shown' | 'ending'; readonly record: PromptRecord; readonly timer: NodeJS.Timeout | undefined }
  );
type ShownPrompt = Extract<OpenPrompt, { state: 'shown' | 'ending' }>;

export interface PromptListener {
  opened(prompt: Prompt): void;
  closed(promptId: string, reason: 'answered' | 'abandoned'): void;
}

export interface OpenPromptsOptions {
  readonly listener: PromptListener;
  readonly records: PromptRecords;
  /** After which a question that nobody answers has failed; null: it waits. */
  readonly timeoutMs: () => number | null;
  /** What was answered to an execution before holds when it runs again. */
  readonly isRepeatable: (executionId: string) => boolean;
}

/** The questions of one session that wait for a person, each on disk before it is shown. Each gets one answer: the first one wins. */
export class OpenPrompts {
  readonly #options: OpenPromptsOptions;
  readonly #open = new Map<string, OpenPrompt>();
  /** Ends that are being written. */
  readonly #closing = new Set<Promise<void>>();

  constructor(options: OpenPromptsOptions) {
    this.#options = options;
  }

  get all(): Prompt[] {
    return [...this.#open.values()].flatMap(({ state, prompt }) => (state === 'shown' ? [prompt] : []));
  }

  get full(): boolean {
    return this.#open.size >= MAX_OPEN_PROMPTS;
  }

  open(made: NewPrompt): void {
    const { promptId } = made.prompt;
    const open: OpenPrompt = { ...made, state: 'writing' };
    this.#open.set(promptId, open);
    void this.#show(open);
  }

  has(promptId: string): boolean {
    return this.#open.has(promptId);
  }

  /**
   * Settles when the answer is on disk and with the program.
   * @throws HoldfastError `conflict` when it is not open any more, `invalid` when the value has the wrong shape: it stays open.
   */
  async answer(promptId: string, value: unknown): Promise<void> {
    const open = this.#get(promptId);
    const checked = open.answer.safeParse(value);
    if (!checked.success) throw new HoldfastError('invalid', z.prettifyError(checked.error));
    await this.#end(open, 'answered', answered(checked.data));
  }

  /** @throws HoldfastError `conflict` */
  async refuse(promptId: string): Promise<void> {
    const message = 'The question was closed without an answer.';
    await this.#end(this.#get(promptId), 'refused', { status: 'failed', code: 'closed', message });
  }

  /** Forgets those that fit: no program waits for them any more. */
  abandon(fits: (prompt: Prompt, requestId: number) => boolean): void {
    for (const open of [...this.#open.values()]) {
      const { promptId } = open.prompt;
      if (!fits(open.prompt, open.requestId)) continue;
      this.#open.delete(promptId);
      if (open.state !== 'writing') this.#abandon(open);
    }
  }

  /** Settles when what was closed until now is on disk and told. */
  async closed(): Promise<void> {
    await Promise.all(this.#closing);
  }

  async #show(made: OpenPrompt): Promise<void> {
    const { records, isRepeatable, listener, timeoutMs } = this.#options;
    const { prompt } = made;
    const { promptId, executionId } = prompt;
    const record = await records.open(prompt, executionId !== null && isRepeatable(executionId));
    if (this.#open.get(promptId) !== made) {
      void record.end('abandoned');
      return;
    }
    const before = made.answer.safeParse(record.answer);
    if (record.answer !== undefined && before.success) {
      this.#open.delete(promptId);
      made.ended(answered(before.data));
      return;
    }
    const timeout = timeoutMs();
    const timer = timeout === null ? undefined : setTimeout(() => this.#late(promptId, timeout), timeout);
    timer?.unref();
    this.#open.set(promptId, { ...made, state: 'shown', record, timer });
    listener.opened(prompt);
  }

  #late(promptId: string, timeout: number): void {
    const open = this.#open.get(promptId);
    if (open?.state !== 'shown') return;
    const message = `Nobody answered within ${timeout / 1000} s.`;
    // That its program has ended meanwhile is no news.
    this.#end(open, 'late', { status: 'failed', code: 'timeout', message }).catch(() => {});
  }

  #get(promptId: string): ShownPrompt {
    const open = this.#open.get(promptId);
    if (open?.state !== 'shown') throw tooLate();
    return open;
  }

  /** @throws HoldfastError `conflict` when somebody else was first, or its program has ended meanwhile. */
  async #end(open: ShownPrompt, fate: PromptFate, end: PromptEnd): Promise<void> {
    const { promptId } = open.prompt;
    const ending: OpenPrompt = { ...open, state: 'ending' };
    this.#open.set(promptId, ending);
    clearTimeout(open.timer);
    const value = end.status === 'answered' ? end.value : undefined;
    const settled = await open.record.end(fate, value);
    if (this.#open.get(promptId) !== ending) throw tooLate();
    this.#open.delete(promptId);
    open.ended(settled.first ? end : endedElsewhere(open, settled.answer));
    this.#options.listener.closed(promptId, fate === 'late' ? 'abandoned' : 'answered');
    if (!settled.first) throw tooLate();
  }

  #abandon({ prompt, record, timer }: ShownPrompt): void {
    clearTimeout(timer);
    const closing = record.end('abandoned').then(() => {
      this.#closing.delete(closing);
      this.#options.listener.closed(prompt.promptId, 'abandoned');
    });
    this.#closing.add(closing);
  }
}

function answered(value: unknown): PromptEnd {
  // The schema only lets JSON through.
  return { status: 'answered', value: value as z.infer<ReturnType<typeof z.json>> };
}

/** Another process has settled its promise. */
function endedElsewhere({ answer }: NewPrompt, value: unknown): PromptEnd {
  const checked = answer.safeParse(value);
  if (value !== undefined && checked.success) return answered(checked.data);
  return { status: 'failed', code: 'closed', message: 'The question was ended elsewhere.' };
}

function tooLate(): HoldfastError {
  return new HoldfastError('conflict', 'That question has been answered already, or its program has ended.');
}
