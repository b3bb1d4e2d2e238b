import { HoldfastError } from '../protocol/errors.ts';
import type { Execution } from './execution.ts';

const MAX_QUEUED = 10_000;
/** Ids that are remembered so that a request that is repeated after a lost connection runs once. */
const MAX_SEEN = 10_000;

/** What waits to run in a session, in order. */
export class RunQueue {
  #waiting: Execution[] = [];
  readonly #seen = new Set<string>();

  get length(): number {
    return this.#waiting.length;
  }

  seen(executionId: string): boolean {
    return this.#seen.has(executionId);
  }

  /** @throws HoldfastError `conflict` when it is full. */
  add(execution: Execution): void {
    if (this.#waiting.length >= MAX_QUEUED) {
      throw new HoldfastError('conflict', `${MAX_QUEUED} cells are waiting already. Cancel some, or wait.`);
    }
    this.#waiting.push(execution);
    this.#seen.add(execution.id);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MAX_SEEN) break;
      this.#seen.delete(oldest);
    }
  }

  shift(): Execution | undefined {
    return this.#waiting.shift();
  }

  remove(executionId: string): Execution | undefined {
    return this.#take(({ id }) => id === executionId)[0];
  }

  clear(): Execution[] {
    return this.#take(() => true);
  }

  #take(test: (execution: Execution) => boolean): Execution[] {
    const taken = this.#waiting.filter(test);
    this.#waiting = this.#waiting.filter((execution) => !test(execution));
    return taken;
  }
}
