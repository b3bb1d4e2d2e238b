import { setTimeout as delay } from 'node:timers/promises';
import type { CheckpointStore } from '../durable/checkpoints/checkpoint-store.ts';
import { log } from '../log.ts';
import type { BackendSettings, CheckpointReference } from '../protocol/client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { createCheckpoint } from './checkpoint-requests.ts';
import { NamespaceChanges } from './namespace-changes.ts';
import type { Session } from './session.ts';

/** Checkpoints of one worker that are remembered, in case newer ones are removed. */
const MAX_HELD = 4;
/** Whoever ends a worker waits for the copy: for a second it takes 100 MB. Milliseconds. */
const LAST_ANSWER_MS = 3_000;
/** And for the disk, which may be away. Milliseconds. */
const LAST_WRITE_MS = 10_000;

/** No number of changes. */
const NEVER = -1;

/** What is known of a worker's variables on disk. */
export interface Held {
  /** Made of this worker, or restored into it, the newest first. */
  readonly checkpoints: readonly CheckpointReference[];
  /** Since the newest. */
  readonly since: NamespaceChanges;
}

/** Copies a session's namespace whenever it has changed and the session rests, and before its worker is ended on purpose. */
export class AutomaticCheckpoints {
  readonly #session: Session;
  readonly #store: CheckpointStore;
  readonly #settings: () => BackendSettings;
  #timer: NodeJS.Timeout | undefined;
  /** Counts changes of the namespace. */
  #changes = 0;
  /** Of which a checkpoint was tried last. */
  #tried = 0;
  #held: Held = { checkpoints: [], since: new NamespaceChanges() };
  #leaving = false;

  constructor(session: Session, store: CheckpointStore, settings: () => BackendSettings) {
    this.#session = session;
    this.#store = store;
    this.#settings = settings;
  }

  /** How often the namespace has changed, to be given to `holds` later. */
  get changes(): number {
    return this.#changes;
  }

  /** The last copy before the worker's end is being made: no cell may begin. */
  get leaving(): boolean {
    return this.#leaving;
  }

  changed(changed: readonly string[], deleted: readonly string[], truncated: boolean): void {
    this.#changes++;
    this.#held.since.apply(changed, deleted, truncated);
  }

  /** That checkpoint holds all there was after so many changes, and what was deleted before it. */
  holds(
    { checkpointId, name, createdAt }: CheckpointReference,
    { changes = this.#changes, deleted = [] }: { changes?: number; deleted?: Iterable<string> } = {},
  ): void {
    const checkpoints = [{ checkpointId, name, createdAt }, ...this.#held.checkpoints].slice(0, MAX_HELD);
    if (changes === this.#changes) {
      this.#tried = changes;
      this.#held = { checkpoints, since: new NamespaceChanges(deleted) };
    } else this.#held = { checkpoints, since: this.#held.since };
  }

  /** Those are not on disk any more. What only they held is stored again behind the next cell, or before the worker's end. */
  removed(checkpointIds: readonly string[]): void {
    const { checkpoints, since } = this.#held;
    const left = checkpoints.filter(({ checkpointId }) => !checkpointIds.includes(checkpointId));
    if (left[0] !== checkpoints[0]) {
      this.#tried = NEVER;
      // What has changed since an older one is not known.
      since.incomplete = true;
    }
    this.#held = { checkpoints: left, since };
  }

  /** The worker is gone, and its variables. @returns what is on disk of them. */
  ended(): Held {
    const held = this.#held;
    this.#held = { checkpoints: [], since: new NamespaceChanges() };
    this.#tried = this.#changes;
    return held;
  }

  /** Nothing runs or waits. */
  rested(): void {
    this.began();
    if (!this.#isWanted) return;
    this.#timer = setTimeout(() => {
      // A person may have had it stored meanwhile.
      if (this.#isWanted) void this.#make({ givesWay: true });
    }, this.#settings().checkpoints.idleMs);
    this.#timer.unref();
  }

  /** A cell runs, or the session goes. */
  began(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * The worker is to be ended: what has changed is stored first, if it can answer.
   * @returns the checkpoint that holds what there is; null when there is none. Settles in a few seconds, and never rejects.
   */
  async beforeEnd(): Promise<CheckpointReference | null> {
    this.began();
    const { executions, worker } = this.#session;
    if (this.#isWanted && worker.state === 'idle' && !executions.busy) {
      this.#leaving = true;
      const late = new AbortController();
      await Promise.race([
        this.#make({ givesWay: false, timeout: LAST_ANSWER_MS }),
        delay(LAST_WRITE_MS, undefined, { signal: late.signal }).catch(() => {
          // It was stored in time.
        }),
      ]);
      late.abort();
      this.#leaving = false;
    }
    const [newest = null] = this.#held.checkpoints;
    const { changed, deleted, incomplete } = this.#held.since;
    return changed.size === 0 && deleted.size === 0 && !incomplete ? newest : null;
  }

  get #isWanted(): boolean {
    // A namespace with nothing in it would only take the place of one of the few that are kept.
    const { options, worker } = this.#session;
    const { automatic } = this.#settings().checkpoints;
    return automatic && !options.ephemeral && this.#tried !== this.#changes && worker.variables.total > 0;
  }

  async #make(how: { givesWay: boolean; timeout?: number }): Promise<void> {
    const limits = this.#settings().checkpoints;
    const changes = this.#changes;
    try {
      await createCheckpoint(this.#session, this.#store, { name: null, limits, ...how });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      // A cell came: there is another rest behind it.
      if (error.code === 'conflict' || error.code === 'closed') return;
      this.#tried = changes;
      log(`No checkpoint of ${this.#session.name} could be made: ${error.message}`);
    }
  }
}
