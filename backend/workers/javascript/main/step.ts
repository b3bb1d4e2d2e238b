import { AsyncLocalStorage } from 'node:async_hooks';
import { MAX_PAYLOAD_BYTES } from '../../../protocol/frame.ts';
import type { Capabilities } from './capabilities.ts';
import { tracksContext } from './cells.ts';
import { NotStorable } from './checkpoints/not-storable.ts';
import { valueFromParts, valueToParts } from './checkpoints/one-value.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';
import {
  apply,
  defineValue,
  mapDelete,
  mapGet,
  mapSet,
  NativeError,
  NativeMap,
  NativePromise,
  NativeTypeError,
  now,
  slice,
  stringify,
  uncurry,
} from './primordials.ts';
import { factsOf } from './summary/summarize.ts';
import { describeThrown } from './thrown.ts';

// Taken before user code can replace them.
const { setTimeout: later, clearTimeout: forget, AbortController: NativeAbortController } = globalThis;
const { isSafeInteger, isFinite: isFiniteNumber } = Number;
const { min } = Math;
const isWellFormed = uncurry(String.prototype.isWellFormed as (this: string) => boolean);
const NativeBytes = Uint8Array;
const { set: copyInto, subarray } = Uint8Array.prototype;

const MAX_NAME = 200;
const MAX_KEY = 1000;
const MAX_REASON = 1000;
/** What a timer of Node's can wait for. */
const MAX_DELAY_MS = 2 ** 31 - 1;
const MAX_BACKOFF_MS = 60_000;

interface StepOptions {
  readonly key?: unknown;
  readonly retries?: number;
  /** Milliseconds. */
  readonly backoff?: number;
  /** Milliseconds. */
  readonly timeout?: number;
}

type StepFunction = (context: { readonly signal: AbortSignal }) => unknown;

/** A call of `step`. */
interface Plan {
  readonly name: string;
  /** JSON. */
  readonly key: string | null;
  readonly run: StepFunction;
  readonly retries: number;
  readonly backoff: number;
  readonly timeout: number | null;
  readonly claim: string;
}

/** One attempt of a step, and the steps in it. */
interface Attempt {
  readonly parent: Attempt | undefined;
  readonly claims: string[];
}

interface Found {
  readonly state: 'kept' | 'none' | 'off';
  readonly parts: readonly number[];
}

/** `step`: what a cell has finished is kept, so that it goes on behind it when it runs again; examples/holdfast.d.ts declares it. */
export function makeStep(capabilities: Capabilities, link: Link, namespace: Namespace) {
  const steps = new Steps(capabilities, link, namespace);
  return async (name: string, run: StepFunction, options: StepOptions = {}) => steps.do(planOf(name, run, options));
}

class Steps {
  readonly #capabilities: Capabilities;
  readonly #link: Link;
  readonly #namespace: Namespace;
  /** Where code cannot be told whose it is (Node 20), steps in a step that is tried again need keys. */
  readonly #attempt = tracksContext() ? new AsyncLocalStorage<Attempt>() : undefined;
  #serial = 0;
  /** Steps of the run that have begun; whether they have finished. */
  #claims = new NativeMap<string, boolean>();

  constructor(capabilities: Capabilities, link: Link, namespace: Namespace) {
    this.#capabilities = capabilities;
    this.#link = link;
    this.#namespace = namespace;
  }

  async do(plan: Plan): Promise<unknown> {
    this.#claim(plan);
    const claims = this.#claims;
    try {
      const value = await this.#valueOf(plan);
      mapSet(claims, plan.claim, true);
      return value;
    } catch (error) {
      mapDelete(claims, plan.claim);
      throw error;
    }
  }

  async #valueOf(plan: Plan): Promise<unknown> {
    const { name, key } = plan;
    const found = await this.#capabilities.call('step', { operation: 'find', name, key });
    const { state, parts } = found.value as Found;
    if (state === 'kept') return read(plan, parts, found.payload);
    const [value, milliseconds] = await this.#attempts(plan);
    if (state === 'none') await this.#keep(plan, value, milliseconds / 1000);
    return value;
  }

  async #attempts(plan: Plan): Promise<[unknown, number]> {
    for (let attempt = 0; ; attempt++) {
      const here: Attempt = { parent: this.#attempt?.getStore(), claims: [] };
      const startedAt = now();
      try {
        const run = () => within(plan);
        const value = await (this.#attempt ? this.#attempt.run(here, run) : run());
        return [value, now() - startedAt];
      } catch (error) {
        // They will be wanted again.
        for (let i = 0; i < here.claims.length; i++) mapDelete(this.#claims, here.claims[i] as string);
        if (attempt >= plan.retries) throw error;
        const wait = min(plan.backoff * 2 ** attempt, MAX_BACKOFF_MS);
        await this.#sayAgain(plan, error, attempt, wait);
        await new NativePromise((resolve) => later(resolve, wait));
      }
    }
  }

  async #keep({ name, key }: Plan, value: unknown, seconds: number): Promise<void> {
    let reason: string;
    try {
      const [bytes, facts] = valueToParts(value, this.#namespace);
      const total = bytes.length + facts.length;
      if (total <= MAX_PAYLOAD_BYTES) {
        const payload = new NativeBytes(total);
        apply(copyInto, payload, [bytes]);
        apply(copyInto, payload, [facts, bytes.length]);
        const { type } = factsOf(value);
        const made = { type: slice(type, 0, MAX_NAME), format: 'v8', parts: [bytes.length, facts.length], seconds };
        await this.#capabilities.call('step', { operation: 'keep', name, key, ...made }, payload);
        return;
      }
      reason = `It takes more than ${MAX_PAYLOAD_BYTES / 1024 ** 2} MiB. Write it to a file, and let the step return its path.`;
    } catch (error) {
      reason = error instanceof NotStorable ? error.message : reasonOf(error);
    }
    await this.#capabilities.call('step', {
      operation: 'not_kept',
      name,
      key,
      reason: slice(reason, 0, MAX_REASON),
    });
  }

  async #sayAgain({ name, key, retries }: Plan, error: unknown, attempt: number, wait: number): Promise<void> {
    const reason = slice(reasonOf(error), 0, MAX_REASON);
    const again = { attempt: attempt + 1, retries, seconds: wait / 1000 };
    await this.#capabilities.call('step', { operation: 'again', name, key, reason, ...again });
  }

  /** @throws TypeError when the step has run in this run of the cell: one in a loop needs a key */
  #claim({ name, key, claim }: Plan): void {
    const serial = this.#link.owner();
    if (serial !== this.#serial) {
      this.#serial = serial;
      this.#claims = new NativeMap();
    }
    const finished = mapGet(this.#claims, claim);
    if (finished !== undefined && key === null) {
      throw new NativeTypeError(
        `There has been a step ${stringify(name)} in this run of the cell. Give each its own key: step(${stringify(name)}, …, { key: i }).`,
      );
    }
    if (finished === false) {
      throw new NativeTypeError(`The step ${stringify(name)} with key ${key} is running already.`);
    }
    mapSet(this.#claims, claim, false);
    for (let one = this.#attempt?.getStore(); one; one = one.parent) one.claims[one.claims.length] = claim;
  }
}

function planOf(name: unknown, run: unknown, options: StepOptions): Plan {
  if (typeof name !== 'string' || name.length === 0 || name.length > MAX_NAME || !isWellFormed(name)) {
    throw new NativeTypeError(
      `The name of a step is a text of 1 to ${MAX_NAME} characters. What differs from call to call is for its key.`,
    );
  }
  if (typeof run !== 'function') {
    throw new NativeTypeError(`step(${stringify(name)}, …) takes a function, not ${typeof run}.`);
  }
  const { retries = 0, backoff = 1000, timeout } = options;
  if (!isSafeInteger(retries) || retries < 0) {
    throw new NativeTypeError('retries is how often the function is tried again: a whole number from 0 on.');
  }
  const key = options.key === undefined || options.key === null ? null : keyText(options.key);
  return {
    name,
    key,
    run: run as StepFunction,
    retries,
    backoff: milliseconds('backoff', backoff),
    timeout: timeout === undefined ? null : milliseconds('timeout', timeout),
    claim: stringify([name, key]),
  };
}

function keyText(key: unknown): string {
  let text: string | undefined;
  try {
    text = stringify(key);
  } catch {
    // A cycle, or a BigInt.
  }
  if (text === undefined) throw new NativeTypeError('The key of a step is a text, a number, or an array of these.');
  if (text.length > MAX_KEY) throw new NativeTypeError(`The key of a step has at most ${MAX_KEY} characters as JSON.`);
  return text;
}

function milliseconds(what: string, value: unknown): number {
  if (typeof value === 'number' && isFiniteNumber(value) && value >= 0 && value <= MAX_DELAY_MS) return value;
  throw new NativeTypeError(`${what} is a number of milliseconds, at most ${MAX_DELAY_MS}.`);
}

/** The function is told by its signal when its time is over; what does not listen goes on in the background. */
function within({ run, timeout }: Plan): Promise<unknown> {
  const controller = new NativeAbortController();
  return new NativePromise((resolve, reject) => {
    const timer =
      timeout === null
        ? undefined
        : later(() => {
            const error = new NativeError(`It took longer than ${timeout} ms.`);
            defineValue(error, 'name', 'TimeoutError', false);
            reject(error);
            controller.abort(error);
          }, timeout);
    const called = async () => run({ signal: controller.signal });
    called()
      .then(resolve, reject)
      .finally(() => forget(timer));
  });
}

function read(plan: Plan, parts: readonly number[], payload: Uint8Array): unknown {
  const first = parts[0] ?? 0;
  try {
    const bytes = apply(subarray, payload, [0, first]) as Uint8Array;
    return valueFromParts([bytes, apply(subarray, payload, [first]) as Uint8Array]);
  } catch (error) {
    throw new NativeError(
      `The kept value of the step ${stringify(plan.name)} cannot be read (${reasonOf(error)}). ` +
        'Define or import before the step what it is made of, or forget the step: it runs again then.',
    );
  }
}

function reasonOf(error: unknown): string {
  const { name, message } = describeThrown(error);
  return `${name}: ${message}`;
}
