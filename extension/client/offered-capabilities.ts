import type {
  AnswerCall,
  BackendEvent,
  CapabilityCall,
  RegisterCapability,
} from '../../backend/protocol/client/index.ts';
import type { ParamsOf } from '../../backend/protocol/client/method.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import {
  type CapabilityDefinition,
  checkDefinition,
  DEFAULT_DEADLINE_MS,
  MAX_ANSWER,
  paramsOf,
  schemaOf,
} from '../sdk/capability.ts';
import type { BackendLink } from './link.ts';

type Answer = ParamsOf<typeof AnswerCall>['answer'];
type Schema = ParamsOf<typeof RegisterCapability>['parameters'];

const MAX_MESSAGE = 10_000;
const CODES = ['denied', 'closed', 'timeout', 'invalid'] as const;

/** Taken back by `dispose`. */
export interface Offer extends Disposable {
  /** Settles when the backend has taken it, which is when there is one; rejects with why it has not. */
  readonly offered: Promise<void>;
}

interface Offered {
  // Its `perform` takes what its own schema gives.
  readonly definition: CapabilityDefinition<unknown>;
  settle(problem?: Error): void;
}

/** The capabilities that other extensions offer to programs, through this window. */
export class OfferedCapabilities implements Disposable {
  readonly #store = new DisposableStore();
  readonly #link: BackendLink;
  readonly #log: (message: string) => void;
  readonly #byName = new Map<string, Offered>();
  readonly #calls = new Map<string, AbortController>();

  constructor(link: BackendLink, log: (message: string) => void) {
    this.#link = link;
    this.#log = log;
    this.#store.add(link.onConnected((client) => this.#connected(client)));
  }

  /** @throws TypeError when it cannot be offered, saying what would be right */
  register<Params>(definition: CapabilityDefinition<Params>): Offer {
    const { name } = definition;
    checkDefinition(definition);
    schemaOf(definition);
    if (this.#byName.has(name))
      throw new TypeError(`There is a capability named "${name}" already. Choose another name.`);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Whoever offers it need not wait for this; the log has it.
    promise.catch(() => {});
    const offered: Offered = { definition, settle: (problem) => (problem ? reject(problem) : resolve()) };
    this.#byName.set(name, offered);
    if (this.#link.current) void this.#offer(this.#link.current, offered);
    return { offered: promise, dispose: () => this.#takeBack(offered) };
  }

  dispose(): void {
    this.#store.dispose();
    for (const abort of this.#calls.values()) abort.abort();
    this.#calls.clear();
    for (const { settle } of this.#byName.values()) settle(new Error('The window is closed.'));
    this.#byName.clear();
  }

  #connected(client: BackendClient): void {
    client.onEvent((event) => this.#receive(client, event));
    client.onClose(() => {
      for (const abort of this.#calls.values()) abort.abort();
      this.#calls.clear();
    });
    for (const offered of this.#byName.values()) void this.#offer(client, offered);
  }

  async #offer(client: BackendClient, { definition, settle }: Offered): Promise<void> {
    const { name, description, deadlineMs = DEFAULT_DEADLINE_MS } = definition;
    try {
      // Schemas of libraries have getters and functions: what travels is their JSON.
      const parameters = JSON.parse(JSON.stringify(schemaOf(definition))) as Schema;
      await client.call('RegisterCapability', { name, description, parameters, deadlineMs });
      settle();
    } catch (error) {
      // Each connection offers it anew: that it was taken once does not say that it is now.
      this.#log(`The capability ${name} is not offered: ${(error as Error).message}`);
      settle(error as Error);
    }
  }

  #takeBack(offered: Offered): void {
    const { name } = offered.definition;
    if (this.#byName.get(name) !== offered) return;
    this.#byName.delete(name);
    offered.settle(new Error('It was taken back.'));
    this.#link.current?.call('UnregisterCapability', { name }).catch((error: Error) => this.#log(error.message));
  }

  #receive(client: BackendClient, event: BackendEvent): void {
    if (event.event === 'capability_cancelled') this.#calls.get(event.callId)?.abort();
    if (event.event === 'capability_called') void this.#answer(client, event.call);
  }

  async #answer(client: BackendClient, call: CapabilityCall): Promise<void> {
    const { callId } = call;
    const abort = new AbortController();
    this.#calls.set(callId, abort);
    const answer = await this.#perform(call, abort.signal);
    this.#calls.delete(callId);
    if (abort.signal.aborted) return;
    await client.call('AnswerCall', { callId, answer }).catch((error: Error) => {
      this.#log(`The answer of ${call.name} did not arrive: ${error.message}`);
    });
  }

  async #perform({ name, parameters, ...call }: CapabilityCall, signal: AbortSignal): Promise<Answer> {
    const definition = this.#byName.get(name)?.definition;
    if (!definition) return { status: 'failed', code: 'closed', message: 'It is not offered any more.' };
    const { sessionId, executionId, location } = call;
    try {
      const work = paramsOf(definition, parameters).then((params) =>
        definition.perform(params, { sessionId, executionId, location, signal }),
      );
      if (definition.kind === 'request_response') return { status: 'answered', value: jsonOf(await work) };
      work.catch((error: Error) => this.#log(`${name} failed: ${error.message}`));
      return { status: 'answered', value: null };
    } catch (error) {
      return failure(error);
    }
  }
}

function jsonOf(value: unknown): Extract<Answer, { status: 'answered' }>['value'] {
  const text = JSON.stringify(value ?? null);
  if (text === undefined) throw new Error('The answer is no JSON.');
  if (text.length > MAX_ANSWER) throw new Error(`The answer is too long: ${MAX_ANSWER} characters of JSON at most.`);
  return JSON.parse(text);
}

function failure(error: unknown): Answer {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE);
  const named = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const code = CODES.find((one) => one === named) ?? 'failed';
  return { status: 'failed', code, message };
}
