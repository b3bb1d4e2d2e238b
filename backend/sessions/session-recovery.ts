import type { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import { log } from '../log.ts';
import type { CheckpointReference } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Held } from './automatic-checkpoints.ts';
import { NamespaceChanges } from './namespace-changes.ts';
import { type Loss, ofEarlierBackend, recover } from './recovery.ts';
import type { Session } from './session.ts';
import type { SessionRecord } from './session-records.ts';

/** What a worker takes with it when it goes away unasked, until its successor has it back. */
export class SessionRecovery {
  readonly #session: Session;
  readonly #store: CheckpointStore;
  #loss: Loss | undefined;
  #running = false;
  #emptiedAt: number;
  #waiting: (() => void)[] = [];

  /** @param record the session was one of an earlier backend */
  constructor(session: Session, store: CheckpointStore, record: SessionRecord | null) {
    this.#session = session;
    this.#store = store;
    this.#emptiedAt = record?.emptiedAt ?? 0;
    if (record)
      this.#loss = {
        names: null,
        held: { checkpoints: [], since: new NamespaceChanges() },
        cancelled: false,
        emptiedAt: this.#emptiedAt,
      };
  }

  /** What its backend took with it has not been brought back. */
  get sleeps(): boolean {
    return this.#loss?.names === null;
  }

  /** Unix milliseconds of when the variables were thrown away on purpose; 0: never. */
  get emptiedAt(): number {
    return this.#emptiedAt;
  }

  /** The checkpoint from which it would be brought back; null when there is none, or it cannot be read. */
  async left(): Promise<CheckpointReference | null> {
    if (!this.#loss) return null;
    try {
      const [newest] = await ofEarlierBackend(this.#session, this.#store, this.#loss);
      if (!newest) return null;
      const { checkpointId, name, createdAt } = newest;
      return { checkpointId, name, createdAt };
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      log(`Checkpoints of ${this.#session.name} cannot be read: ${error.message}`);
      return null;
    }
  }

  /** The variables are thrown away on purpose. */
  emptied(): void {
    this.#emptiedAt = Date.now();
    this.#loss = undefined;
  }

  /** It is being brought back: no cell may begin. */
  get running(): boolean {
    return this.#running;
  }

  /** A worker is gone. @param held what is on disk of it. @param cancelled a person cancelled what took it with it */
  lost(held: Held, cancelled: boolean): void {
    const { options, worker } = this.#session;
    // Not again when bringing it back is what ended the worker.
    if (this.#running || options.ephemeral) return;
    const { names } = worker.variables;
    const emptiedAt = this.#emptiedAt;
    if (names.length > 0) this.#loss = { names, held, cancelled, emptiedAt };
  }

  /** A worker is ready: what its predecessor took with it is brought back before anything runs. */
  async run(): Promise<void> {
    const { executions, journal } = this.#session;
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss) {
      this.#running = true;
      const recovery = await recover(this.#session, this.#store, loss);
      // What the worker took with it is told first: whoever tells a person of both knows all then.
      await executions.endsTold();
      this.#running = false;
      // The outcome of a cancelled execution has named them already.
      if (recovery.checkpoint || !loss.cancelled) journal.tell({ kind: 'recovered', recovery });
    }
    this.settle();
    executions.next();
  }

  /** Settles when the worker that starts now has what its predecessor took with it, or has ended. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  settle(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
