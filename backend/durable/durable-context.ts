import { type Context, Never } from './sdk.ts';
import { assertEncodable } from './values.ts';

export interface External<T> {
  /** Whoever knows it can settle it. */
  readonly id: string;
  /** @throws what it was rejected with, or an error when its time is over. */
  readonly outcome: Promise<T>;
}

export type DurableFunction = (context: DurableContext, ...args: never[]) => Promise<unknown>;

/**
 * What a durable function works with. It is run again from its beginning after a crash; what is behind a `step` is not, once it was recorded.
 * It has no sleep to race with, which would never end (FACTS.md): an external promise has a time of its own.
 */
export class DurableContext {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  get id(): string {
    return this.#context.id;
  }

  /** Runs `step` and records its value. At least once: a crash before the record runs it again. @throws DurableError `unencodable` */
  step<T>(step: () => T | Promise<T>): Promise<T> {
    const run = async (): Promise<T> => {
      const value = await step();
      assertEncodable(value);
      return value;
    };
    return this.#context.run(run, this.#context.options({ retryPolicy: new Never() })) as Promise<T>;
  }

  /** A promise that somebody else settles. @param timeoutMs after which it is rejected. */
  external<T>(timeoutMs: number, data: unknown = null): External<T> {
    assertEncodable(data);
    const outcome = this.#context.promise<T>({ timeout: timeoutMs, data, tags: { 'resonate:external': 'true' } });
    return { id: outcome.id, outcome };
  }
}
