import type { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import { log } from '../log.ts';
import type { BackendSettings } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { createCheckpoint } from './checkpoint-requests.ts';
import type { Session } from './session.ts';

/** Copies a session's namespace whenever it has changed and the session rests. */
export class AutomaticCheckpoints {
  readonly #session: Session;
  readonly #store: CheckpointStore;
  readonly #settings: () => BackendSettings;
  #timer: NodeJS.Timeout | undefined;
  /** Counts changes of the namespace. */
  #changes = 0;
  /** Of which a checkpoint was tried last. */
  #tried = 0;
  /** Names that have changed since the last checkpoint. */
  readonly #newer = new Set<string>();

  constructor(session: Session, store: CheckpointStore, settings: () => BackendSettings) {
    this.#session = session;
    this.#store = store;
    this.#settings = settings;
  }

  /** Variables that have changed since the last checkpoint. */
  get newer(): ReadonlySet<string> {
    return this.#newer;
  }

  changed(names: readonly string[]): void {
    this.#changes++;
    for (const name of names) this.#newer.add(name);
  }

  /** A checkpoint holds everything that there is. */
  stored(): void {
    this.#tried = this.#changes;
    this.#newer.clear();
  }

  /** Nothing runs or waits. */
  rested(): void {
    const { automatic, idleMs } = this.#settings().checkpoints;
    this.began();
    if (!automatic || this.#tried === this.#changes) return;
    this.#timer = setTimeout(() => void this.#make(), idleMs);
    this.#timer.unref();
  }

  /** A cell runs, or the session goes. */
  began(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #make(): Promise<void> {
    const limits = this.#settings().checkpoints;
    const changes = this.#changes;
    try {
      await createCheckpoint(this.#session, this.#store, { name: null, givesWay: true, limits });
      if (changes === this.#changes) this.stored();
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      // A cell came: there is another rest behind it.
      if (error.code === 'conflict' || error.code === 'closed') return;
      this.#tried = changes;
      log(`No checkpoint of ${this.#session.name} could be made: ${error.message}`);
    }
  }
}
