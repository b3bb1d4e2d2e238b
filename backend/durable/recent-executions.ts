import type { Durable, DurablePromise } from './durable.ts';
import { ids } from './ids.ts';
import type { Asked } from './kept-execution.ts';

/** More than the embedded network keeps. */
const MAX_IDS = 10_000;

/** Which executions are the newest, so that not all of them need be read to tell. */
export class RecentExecutions {
  readonly #kind: Record<string, string>;
  /** Ids, the oldest first. Some may not be kept any more. */
  #order = new Set<string>();
  #reading: Promise<ReadonlySet<string>> = Promise.resolve(new Set<string>());

  /** @param kind tags of executions */
  constructor(kind: Record<string, string>) {
    this.#kind = kind;
  }

  add(executionId: string): void {
    this.#order.add(executionId);
    const [oldest] = this.#order;
    if (this.#order.size > MAX_IDS && oldest !== undefined) this.#order.delete(oldest);
  }

  /** Takes in what was kept before. @returns the sessions that these executions ran in. */
  read(durable: Durable): Promise<ReadonlySet<string>> {
    this.#reading = this.#read(durable);
    return this.#reading;
  }

  /** Newest first. */
  async newest(durable: Durable, count: number): Promise<DurablePromise[]> {
    await this.#reading;
    const found: DurablePromise[] = [];
    for (const executionId of [...this.#order].reverse()) {
      if (found.length === count) break;
      const promise = await durable.get(ids.result(executionId));
      if (promise) found.push(promise);
    }
    return found;
  }

  async #read(durable: Durable): Promise<ReadonlySet<string>> {
    const sessions = new Set<string>();
    const found: { executionId: string; createdAt: number; queuedAt: number }[] = [];
    for await (const { data, createdAt } of durable.search({ tags: this.#kind })) {
      const { executionId, sessionId, queuedAt = 0 } = data as Pick<Asked, 'executionId' | 'sessionId' | 'queuedAt'>;
      sessions.add(sessionId);
      found.push({ executionId, createdAt, queuedAt });
    }
    // The wall clock may have been set back: it only tells those of one millisecond apart.
    found.sort((one, other) => one.createdAt - other.createdAt || one.queuedAt - other.queuedAt);
    this.#order = new Set([...found.slice(-MAX_IDS).map(({ executionId }) => executionId), ...this.#order]);
    return sessions;
  }
}
