import * as z from 'zod';
import type { Notice, Prompt } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { CapabilityRequest, CapabilityResponse } from '../protocol/worker/capability.ts';
import type { CapabilityContext, NoticeLevel } from './capability.ts';
import { capabilities } from './index.ts';
import { type PerformHost, Performing } from './performing.ts';

export type Request = z.infer<typeof CapabilityRequest>;
export type Answer = z.infer<typeof CapabilityResponse>['answer'];
export type Reply = (answer: Answer, payload?: Uint8Array) => void;

/** Prompts that one session may have open at once: user code cannot fill the memory with questions. */
const MAX_OPEN_PROMPTS = 10_000;

interface OpenPrompt {
  readonly prompt: Prompt;
  readonly requestId: number;
  readonly answer: z.ZodType;
  readonly reply: Reply;
}

export interface PromptListener {
  opened(prompt: Prompt): void;
  noticed(notice: Notice): void;
  closed(promptId: string, reason: 'answered' | 'abandoned'): void;
}

/** Takes the questions of one session's programs, keeps those that wait for a person, and gives each exactly one answer. */
export class Broker {
  readonly #sessionId: string;
  readonly #listener: PromptListener;
  readonly #open = new Map<string, OpenPrompt>();
  readonly #performing: Performing;

  constructor(sessionId: string, listener: PromptListener, host: Omit<PerformHost, 'notify'>) {
    this.#sessionId = sessionId;
    this.#listener = listener;
    this.#performing = new Performing({ ...host, notify: (request, ...notice) => this.#notify(request, ...notice) });
  }

  get prompts(): Prompt[] {
    return [...this.#open.values()].map(({ prompt }) => prompt);
  }

  /** @param reply called once, unless what was asked for is abandoned. */
  request(request: Request, payload: Uint8Array, reply: Reply): void {
    const capability = capabilities.find(({ name }) => name === request.capability);
    if (!capability) {
      const known = capabilities.map(({ name }) => name).join(', ');
      reply({
        status: 'failed',
        code: 'invalid',
        message: `There is no capability "${request.capability}". There are: ${known}.`,
      });
      return;
    }
    const params = capability.params.safeParse(request.parameters);
    if (!params.success) {
      reply({ status: 'failed', code: 'invalid', message: `${capability.name}: ${z.prettifyError(params.error)}` });
      return;
    }
    if (capability.kind === 'send_only') {
      const { executionId, location } = request;
      const notify: CapabilityContext['notify'] = (...notice) => this.#notify(request, ...notice);
      capability.perform(params.data, { executionId, location, notify });
      reply({ status: 'answered', value: null });
      return;
    }
    if (capability.kind !== 'human') {
      this.#performing.start(capability, params.data, request, payload, reply);
      return;
    }
    if (this.#open.size >= MAX_OPEN_PROMPTS) {
      reply({ status: 'failed', code: 'denied', message: `More than ${MAX_OPEN_PROMPTS} questions are open.` });
      return;
    }
    const prompt: Prompt = {
      promptId: `${request.executionId ?? this.#sessionId}.${capability.name}.${request.requestId}`,
      sessionId: this.#sessionId,
      executionId: request.executionId,
      capability: capability.name,
      ...capability.describe(params.data),
      location: request.location,
      createdAt: Date.now(),
    };
    const { requestId } = request;
    this.#open.set(prompt.promptId, { prompt, requestId, answer: capability.answer(params.data), reply });
    this.#listener.opened(prompt);
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
    this.#close(open, { status: 'answered', value: checked.data as z.infer<ReturnType<typeof z.json>> });
  }

  /** @throws HoldfastError `conflict` */
  refuse(promptId: string): void {
    this.#close(this.#get(promptId), {
      status: 'failed',
      code: 'closed',
      message: 'The question was closed without an answer.',
    });
  }

  /** Forgets what an execution that has ended asked for, or all of it: no program waits for it any more. */
  abandon(executionId?: string): void {
    this.#performing.abandon(executionId);
    for (const open of [...this.#open.values()]) {
      if (executionId === undefined || open.prompt.executionId === executionId) this.#forget(open);
    }
  }

  /** The same for one request. */
  abandonRequest(requestId: number): void {
    this.#performing.abandonRequest(requestId);
    for (const open of [...this.#open.values()]) if (open.requestId === requestId) this.#forget(open);
  }

  #forget({ prompt }: OpenPrompt): void {
    this.#open.delete(prompt.promptId);
    this.#listener.closed(prompt.promptId, 'abandoned');
  }

  #notify({ executionId, location }: Request, level: NoticeLevel, message: string): void {
    this.#listener.noticed({ executionId, location, level, message });
  }

  #get(promptId: string): OpenPrompt {
    const open = this.#open.get(promptId);
    if (!open)
      throw new HoldfastError('conflict', 'That question has been answered already, or its program has ended.');
    return open;
  }

  #close(open: OpenPrompt, answer: Answer): void {
    this.#open.delete(open.prompt.promptId);
    open.reply(answer);
    this.#listener.closed(open.prompt.promptId, 'answered');
  }
}
