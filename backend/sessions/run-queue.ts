import { HoldfastError } from '../protocol/errors.ts';
import type { Execution } from './execution.ts';
import { RecentIds } from './recent-ids.ts';

const MAX_QUEUED = 10_000;
/** Ids that are remembered so that a request that is repeated after a lost connection runs once. */
const MAX_SEEN = 10_000;
/** Stopped batches that are remembered, for cells of theirs that are still on their way. */
const MAX_STOPPED_BATCHES = 1_000;

/** What waits to run in a session, in order. */
export class RunQueue {
  #waiting: Execution[] = [];
  readonly #seen = new RecentIds(MAX_SEEN);
  readonly #stoppedBatches = new RecentIds(MAX_STOPPED_BATCHES);

  get length(): number {
    return this.#waiting.length;
  }

  get ids(): string[] {
    return this.#waiting.map(({ id }) => id);
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
  }

  /** It has run, and is the next to run again. */
  putBack(execution: Execution): void {
    this.#waiting.unshift(execution);
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

  /** @returns what has not been marked as idempotent, taken out. */
  clearUnrepeatable(): Execution[] {
    return this.#take(({ idempotent }) => !idempotent);
  }

  /** @param position 0 is the next to run; beyond the end means last. @throws HoldfastError `not_found` */
  move(executionId: string, position: number): void {
    const execution = this.remove(executionId);
    if (!execution) throw new HoldfastError('not_found', 'That cell does not wait any more: it runs, or has ended.');
    this.#waiting.splice(position, 0, execution);
  }

  /** One of the batch did not succeed. @returns those of it that wait, taken out. Later ones are refused by `isStopped`. */
  stopBatch(batch: string): Execution[] {
    this.#stoppedBatches.add(batch);
    return this.#take((execution) => execution.request.batch === batch);
  }

  isStopped(batch: string | null): boolean {
    return batch !== null && this.#stoppedBatches.has(batch);
  }

  #take(test: (execution: Execution) => boolean): Execution[] {
    const taken = this.#waiting.filter(test);
    if (taken.length > 0) this.#waiting = this.#waiting.filter((execution) => !test(execution));
    return taken;
  }
}
