import type { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import { type Loss, recover } from './recovery.ts';
import type { Session } from './session.ts';

/** What a worker takes with it when it goes away unasked, until its successor has it back. */
export class SessionRecovery {
  readonly #session: Session;
  readonly #store: CheckpointStore;
  #loss: Loss | undefined;
  #running = false;

  constructor(session: Session, store: CheckpointStore) {
    this.#session = session;
    this.#store = store;
  }

  /** It is being brought back: no cell may begin. */
  get running(): boolean {
    return this.#running;
  }

  /** A worker is gone. @param cancelled a person cancelled what took it with it */
  lost(cancelled: boolean): void {
    const { checkpoints, options, worker } = this.#session;
    // Not again when bringing it back is what ended the worker.
    if (this.#running || options.ephemeral) return;
    const { names } = worker.variables;
    if (names.length > 0) this.#loss = { names, newer: new Set(checkpoints.newer), cancelled };
  }

  /** A worker is ready: what its predecessor took with it is brought back before anything runs. */
  async run(): Promise<void> {
    const { executions, journal } = this.#session;
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss) {
      this.#running = true;
      const recovery = await recover(this.#session, this.#store, loss);
      this.#running = false;
      // The outcome of a cancelled execution has named them already.
      if (recovery.checkpoint || !loss.cancelled) journal.tell({ kind: 'recovered', recovery });
    }
    executions.next();
  }
}
