import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { CapabilityCall } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Answer } from './broker.ts';
import type { Capability } from './capability.ts';
import { CapabilityError } from './capability-error.ts';
import { type Performed, performed } from './performed.ts';

/** Capabilities of one provider, and of all together. */
const MAX_OFFERED = 1000;
/** Calls that one provider may have open: a loop must not fill its memory. */
const MAX_CALLS = 1000;

/** Whoever offers capabilities: a client's connection. */
export interface Provider {
  called(call: CapabilityCall): void;
  /** Nobody waits for the answer any more. */
  cancelled(callId: string): void;
}

export interface Offer {
  readonly name: string;
  readonly description: string;
  readonly parameters: Record<string, z.core.util.JSONType>;
  readonly deadlineMs: number;
}

interface Offered extends Offer {
  readonly provider: Provider;
  readonly schema: z.ZodType;
}

interface Call {
  readonly provider: Provider;
  settle(answer: Answer): void;
}

/** The capabilities that other programs (extensions of the editor) offer to the code that runs here. */
export class ExternalCapabilities {
  readonly #taken: ReadonlySet<string>;
  readonly #changed: () => void;
  readonly #offered = new Map<string, Offered>();
  readonly #calls = new Map<string, Call>();

  /** @param taken names that are ours; @param changed told when an offer has come or gone */
  constructor(taken: readonly string[], changed: () => void) {
    this.#taken = new Set(taken);
    this.#changed = changed;
  }

  get all(): { name: string; description: string }[] {
    return [...this.#offered.values()].map(({ name, description }) => ({ name, description }));
  }

  /** @throws HoldfastError `conflict`, `invalid` */
  register(offer: Offer, provider: Provider): void {
    const { name } = offer;
    const holder = this.#offered.get(name);
    if (this.#taken.has(name) || (holder && holder.provider !== provider)) {
      throw new HoldfastError('conflict', `There is a capability named "${name}" already. Choose another name.`);
    }
    if (this.#offered.size >= MAX_OFFERED)
      throw new HoldfastError('conflict', `${MAX_OFFERED} capabilities are offered already.`);
    this.#offered.set(name, { ...offer, provider, schema: schemaOf(offer) });
    this.#changed();
  }

  /** @throws HoldfastError `not_found` */
  unregister(name: string, provider: Provider): void {
    if (this.#offered.get(name)?.provider !== provider) {
      throw new HoldfastError('not_found', `You offer no capability named "${name}".`);
    }
    this.#offered.delete(name);
    this.#changed();
  }

  /** The provider is gone: its capabilities are, too, and what was asked of it has failed. */
  leave(provider: Provider): void {
    const names = [...this.#offered.values()].filter((one) => one.provider === provider).map(({ name }) => name);
    for (const name of names) this.#offered.delete(name);
    if (names.length > 0) this.#changed();
    const message = 'The extension that offers it went away before it answered.';
    for (const call of [...this.#calls.values()]) {
      if (call.provider === provider) call.settle({ status: 'failed', code: 'closed', message });
    }
  }

  answer(callId: string, provider: Provider, answer: Answer): void {
    const call = this.#calls.get(callId);
    if (call?.provider === provider) call.settle(answer);
  }

  /** As the broker performs it; undefined when nobody offers it. */
  find(name: string, sessionId: string): Capability | undefined {
    const offered = this.#offered.get(name);
    if (!offered) return undefined;
    return performed({
      kind: 'request_response',
      name,
      params: offered.schema,
      effects: () => [],
      perform: (params, { executionId, location, signal }) => {
        // The schema only lets JSON through.
        const parameters = params as CapabilityCall['parameters'];
        return this.#call(offered, { name, parameters, sessionId, executionId, location }, signal);
      },
    });
  }

  #call(offered: Offered, call: Omit<CapabilityCall, 'callId'>, signal: AbortSignal): Promise<Performed> {
    const { provider, deadlineMs, name } = offered;
    const open = [...this.#calls.values()].filter((one) => one.provider === provider).length;
    if (open >= MAX_CALLS) {
      throw new CapabilityError('denied', `${name}: ${MAX_CALLS} calls wait for the extension that offers it.`);
    }
    const callId = randomUUID();
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#calls.delete(callId);
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      };
      const abort = () => {
        done();
        provider.cancelled(callId);
        reject(new CapabilityError('closed', `${name}: Nobody waits for it any more.`));
      };
      const timer = setTimeout(() => {
        done();
        provider.cancelled(callId);
        reject(
          new CapabilityError(
            'timeout',
            `${name}: The extension that offers it did not answer within ${deadlineMs / 1000} s.`,
          ),
        );
      }, deadlineMs);
      timer.unref();
      signal.addEventListener('abort', abort);
      const settle = (answer: Answer) => {
        done();
        if (answer.status === 'answered') resolve({ value: answer.value });
        else reject(new CapabilityError(answer.code, `${name}: ${answer.message}`));
      };
      this.#calls.set(callId, { provider, settle });
      provider.called({ ...call, callId });
    });
  }
}

/** @throws HoldfastError `invalid` */
function schemaOf({ name, parameters }: Offer): z.ZodType {
  if (parameters['type'] !== 'object') {
    throw new HoldfastError(
      'invalid',
      `The parameters of "${name}" are no JSON Schema of an object: "type" is not "object".`,
    );
  }
  try {
    return z.fromJSONSchema(parameters as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (error) {
    throw new HoldfastError(
      'invalid',
      `The parameters of "${name}" are no JSON Schema that can be used: ${(error as Error).message}`,
    );
  }
}
