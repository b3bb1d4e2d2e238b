import { Worker } from 'node:worker_threads';
import { getOwnPropertyDescriptor, getter, uncurry } from '../primordials.ts';
import { line } from '../summary/line.ts';
import type { Work } from './tasks.ts';

// Taken before user code can replace them.
const terminate = uncurry(Worker.prototype.terminate);
const threadId = getter(Worker.prototype, 'threadId') as (self: unknown) => number;
/** From Node 24.6 on. */
const threadName = getOwnPropertyDescriptor(Worker.prototype, 'threadName')?.get
  ? getter(Worker.prototype, 'threadName')
  : () => null;
const hasEnded = (id: number) => id === -1;

/** A thread of `node:worker_threads`. */
export class ThreadWork implements Work {
  readonly kind = 'thread';
  readonly awaited = true;
  readonly #worker: Worker;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  get live(): boolean {
    return !hasEnded(threadId(this.#worker));
  }

  name(): string {
    const name = threadName(this.#worker);
    const id = threadId(this.#worker);
    return typeof name === 'string' && name !== '' && name !== 'WorkerThread' ? line(name) : `worker thread ${id}`;
  }

  revive(): void {}

  cancel(): 'requested' {
    // It settles when the thread has ended, which is seen by the id.
    void terminate(this.#worker);
    return 'requested';
  }
}
