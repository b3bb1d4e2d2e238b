import type { Pool } from './pool.ts';
import type { WorkerProcess } from './worker-process.ts';
import type { WorkerSpec } from './worker-spec.ts';

/** One session's place at the pool. What its workers need may change from one to the next (a changed `.env`). */
export class PoolSeat {
  readonly #pool: Pool;
  #spec: WorkerSpec | undefined;
  /** The worker that it has now came up well, and the pool knows. */
  #trusted = false;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The session needs a worker. @returns one to `adopt` at once, or undefined: it starts its own. */
  take(spec: WorkerSpec): WorkerProcess | undefined {
    const before = this.#spec;
    this.#pool.use(spec);
    // Behind `use`, so that a kind that stays in use keeps its waiting worker.
    if (before) this.#pool.forget(before);
    this.#spec = spec;
    this.#trusted = false;
    return this.#pool.take(spec);
  }

  /** The session's worker is ready and has nothing to do. May be called often. */
  rested(): void {
    if (!this.#spec) return;
    if (!this.#trusted) this.#pool.trust(this.#spec);
    this.#trusted = true;
    this.#pool.rested(this.#spec);
  }

  /** The session is no more. */
  leave(): void {
    if (this.#spec) this.#pool.forget(this.#spec);
    this.#spec = undefined;
  }
}
