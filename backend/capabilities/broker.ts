import * as z from 'zod';
import type { PromptRecords } from '../durable/prompt-records.ts';
import type { Notice } from '../protocol/client/index.ts';
import type { CapabilityRequest, CapabilityResponse } from '../protocol/worker/capability.ts';
import { RecentIds } from '../sessions/recent-ids.ts';
import {
  type Capability,
  type CapabilityContext,
  type HumanCapability,
  type NoticeLevel,
  partsOf,
} from './capability.ts';
import type { ExternalCapabilities } from './external.ts';
import { capabilities } from './index.ts';
import { MAX_OPEN_PROMPTS, OpenPrompts, type PromptEnd, type PromptListener } from './open-prompts.ts';
import type { HostQuestion } from './performed.ts';
import { type PerformHost, Performing } from './performing.ts';
import { Judge } from './policy/judge.ts';
import { isInjected } from './policy/levels.ts';
import type { SessionSecurity } from './policy/session-security.ts';
import type { WorkspaceSecurity } from './policy/workspace-security.ts';

export type Request = z.infer<typeof CapabilityRequest>;
export type Answer = z.infer<typeof CapabilityResponse>['answer'];
export type Reply = (answer: Answer, payload?: Uint8Array) => void;

/** Requests of one worker that are recognised when they come again. */
const MAX_REMEMBERED = 10_000;

export interface BrokerOptions {
  readonly sessionId: string;
  readonly listener: PromptListener & { noticed(notice: Notice): void };
  readonly host: Omit<PerformHost, 'notify' | 'judge' | 'level' | 'ask'>;
  readonly workspace: WorkspaceSecurity;
  readonly session: SessionSecurity;
  readonly external: ExternalCapabilities;
  readonly records: PromptRecords;
  /** It may run again, and what it was answered holds then. */
  readonly isRepeatable: (executionId: string) => boolean;
  /** The machine that its programs run on; null: this one. */
  readonly machine: () => string | null;
}

/** Takes what the programs of one session ask for: checks it, judges it, has it done, or keeps the question for a person. */
export class Broker {
  readonly prompts: OpenPrompts;
  readonly #options: BrokerOptions;
  readonly #performing: Performing;
  #seen = new RecentIds(MAX_REMEMBERED);
  /** Which worker asks: each counts its requests from 1. */
  #worker = 1;

  constructor(options: BrokerOptions) {
    const { sessionId, listener, host, workspace, session, records, isRepeatable, machine } = options;
    this.#options = options;
    const timeoutMs = () => workspace.settings.promptTimeoutMs;
    this.prompts = new OpenPrompts({ listener, records, timeoutMs, isRepeatable });
    const notify: PerformHost['notify'] = (request, ...notice) => this.#notify(request, ...notice);
    const judge = new Judge({ sessionId, workspace, session, prompts: this.prompts, machine, notify });
    this.#performing = new Performing({
      ...host,
      level: (executionId) => session.inForce(executionId).level,
      judge: (effect, request, signal) => judge.judge(effect, request, signal),
      ask: (question, request) => this.#askForHost(question, request),
      notify,
    });
  }

  /** @param reply called once, unless what was asked for is abandoned. */
  request(request: Request, payload: Uint8Array, reply: Reply): void {
    // A request that is sent twice is done once.
    if (this.#seen.has(String(request.requestId))) return;
    this.#seen.add(String(request.requestId));
    const { external, sessionId } = this.#options;
    const capability =
      capabilities.find(({ name }) => name === request.capability) ?? external.find(request.capability, sessionId);
    if (!capability) {
      const known = [...capabilities, ...external.all].map(({ name }) => name).join(', ');
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
    const refusal = this.#refusal(capability, params.data, request);
    if (refusal !== undefined) {
      reply({ status: 'failed', code: 'denied', message: refusal });
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
    this.#ask(capability, params.data, request, reply);
  }

  /** Why the program does not have that capability at all. */
  #refusal(capability: Capability, params: unknown, { executionId }: Request): string | undefined {
    const { name } = capability;
    const { level, allow, deny } = this.#options.session.inForce(executionId);
    const parts = Object.entries(partsOf(capability)).flatMap(([part, isOf]) => (isOf(params) ? [part] : []));
    const denied = [name, ...parts].find((one) => deny.has(one));
    if (denied !== undefined) return `${denied} is denied by an option of this run.`;
    if (isInjected(level, name, allow)) return undefined;
    return `${name} is not there at the level "${level}". Change it with "Holdfast: Change Security Level" or with --level.`;
  }

  #ask(capability: HumanCapability, params: unknown, request: Request, reply: Reply): void {
    if (this.prompts.full) {
      reply({ status: 'failed', code: 'denied', message: `More than ${MAX_OPEN_PROMPTS} questions are open.` });
      return;
    }
    this.#open({ ...capability.describe(params), answer: capability.answer(params) }, request, reply);
  }

  #askForHost(question: HostQuestion, request: Request): Promise<unknown> {
    if (this.prompts.full) return Promise.resolve(null);
    return new Promise((settle) => {
      this.#open(question, request, (end) => settle(end.status === 'answered' ? end.value : null));
    });
  }

  #open({ prompt, form, answer }: HostQuestion, request: Request, ended: (end: PromptEnd) => void): void {
    const { requestId, executionId, capability, location } = request;
    const { sessionId } = this.#options;
    this.prompts.open({
      requestId,
      answer,
      ended,
      prompt: {
        promptId: `${executionId ?? sessionId}.${capability}.${this.#worker}-${requestId}`,
        ...{ sessionId, executionId, capability, prompt, form, location },
        createdAt: Date.now(),
      },
    });
  }

  /** Forgets what an execution that has ended asked for, or all of it: no program waits for it any more. */
  abandon(executionId?: string): void {
    this.#performing.abandon(executionId);
    this.prompts.abandon((prompt) => executionId === undefined || prompt.executionId === executionId);
    if (executionId !== undefined) return;
    this.#worker++;
    this.#seen = new RecentIds(MAX_REMEMBERED);
  }

  /** The same for one request. */
  abandonRequest(requestId: number): void {
    this.#performing.abandonRequest(requestId);
    this.prompts.abandon((_prompt, asked) => asked === requestId);
  }

  #notify({ executionId, location }: Request, level: NoticeLevel, message: string): void {
    this.#options.listener.noticed({ executionId, location, level, message });
  }
}
