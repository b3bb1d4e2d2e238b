import { log } from '../log.ts';
import { WarmWorker } from './warm-worker.ts';
import type { WorkerProcess } from './worker-process.ts';
import { keyOf, type WorkerSpec } from './worker-spec.ts';

/** Starting a process holds up the backend for some milliseconds: not while a session's first cell is on its way. */
const REST_MS = 300;

export interface PoolSettings {
  /** Bytes of resident memory that all waiting workers together may take; 0: none is kept. */
  readonly maxMemory: number;
}

export interface WaitingWorker {
  /** Null before its process has been started. */
  readonly pid: number | null;
  readonly ready: boolean;
  /** Resident memory in bytes; 0 before it is known. */
  readonly memory: number;
}

/** Of one kind: workers with the same program, folder and environment. */
interface Kind {
  readonly spec: WorkerSpec;
  /** Sessions that may need such a worker. */
  users: number;
  warm: WarmWorker | undefined;
  /** Runs until the next one is started. */
  timer: NodeJS.Timeout | undefined;
  /** The last waiting worker failed or took too much memory: no other is tried before a session's own has come up well. */
  barred: boolean;
  /** What such a worker took last, in bytes; 0 before it is known. */
  memory: number;
}

/**
 * Keeps one started worker of each kind that sessions use, so that the next session, or a restarted one, begins at once. One that
 * would differ from a worker started now is never handed over.
 */
export class Pool {
  readonly #settings: () => PoolSettings;
  /** The longest unused first. */
  readonly #kinds = new Map<string, Kind>();
  readonly #leaving = new Set<Promise<void>>();
  #closed = false;

  constructor(settings: () => PoolSettings) {
    this.#settings = settings;
  }

  /** The waiting workers, the longest unused first. */
  get waiting(): readonly WaitingWorker[] {
    return [...this.#kinds.values()].flatMap(({ warm, memory }) =>
      warm ? [{ pid: warm.process.pid ?? null, ready: warm.ready, memory }] : [],
    );
  }

  /** A session begins to use workers of this kind. Starts nothing. */
  use(spec: WorkerSpec): void {
    const key = keyOf(spec);
    const kind = this.#kinds.get(key) ?? {
      spec,
      users: 0,
      warm: undefined,
      timer: undefined,
      barred: false,
      memory: 0,
    };
    kind.users++;
    this.#touch(key, kind);
  }

  /** A session has ended. The last of its kind takes the waiting worker with it. */
  forget(spec: WorkerSpec): void {
    const key = keyOf(spec);
    const kind = this.#kinds.get(key);
    if (!kind) return;
    kind.users--;
    if (kind.users > 0) return;
    this.#discard(kind);
    this.#kinds.delete(key);
  }

  /**
   * Hands over the waiting worker, which may still be on its start. Its taker calls `adopt` before anything else happens.
   * @returns undefined when there is none that equals a new one.
   */
  take(spec: WorkerSpec): WorkerProcess | undefined {
    const key = keyOf(spec);
    const kind = this.#kinds.get(key);
    if (!kind?.warm) return undefined;
    this.#touch(key, kind);
    if (!kind.warm.usable || this.#settings().maxMemory <= 0) {
      this.#discard(kind);
      return undefined;
    }
    const { process } = kind.warm;
    kind.warm = undefined;
    return process;
  }

  /** A session's own worker of this kind has come up well: what a waiting one did before does not count any more. */
  trust(spec: WorkerSpec): void {
    const kind = this.#kinds.get(keyOf(spec));
    if (kind) kind.barred = false;
  }

  /** A session's worker of this kind has nothing to do. Soon one that waits is started, if there is none. May be called often. */
  rested(spec: WorkerSpec): void {
    const kind = this.#kinds.get(keyOf(spec));
    if (!kind || kind.warm || kind.barred || this.#closed) return;
    kind.timer ??= setTimeout(() => {
      kind.timer = undefined;
      this.#start(kind);
    }, REST_MS);
  }

  /** The settings have changed. */
  update(): void {
    for (const kind of this.#kinds.values()) kind.barred = false;
    this.#trim();
  }

  /** Ends all waiting workers. Settles when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const kind of this.#kinds.values()) this.#discard(kind);
    this.#kinds.clear();
    await Promise.all(this.#leaving);
  }

  #touch(key: string, kind: Kind): void {
    this.#kinds.delete(key);
    this.#kinds.set(key, kind);
  }

  #start(kind: Kind): void {
    const { maxMemory } = this.#settings();
    if (kind.warm || maxMemory <= 0 || kind.memory > maxMemory) return;
    const warm = new WarmWorker(kind.spec, {
      heartbeat: (memory) => {
        kind.memory = memory;
        this.#trim();
      },
      failed: (why) => {
        log(`A waiting worker (${kind.spec.command.executable}) is of no use: ${why}`);
        if (kind.warm !== warm) return;
        kind.barred = true;
        this.#discard(kind);
      },
    });
    kind.warm = warm;
    this.#trim();
  }

  #trim(): void {
    const { maxMemory } = this.#settings();
    for (const kind of this.#kinds.values()) {
      const memory = this.waiting.reduce((sum, worker) => sum + worker.memory, 0);
      if (maxMemory > 0 && memory <= maxMemory) return;
      kind.barred = true;
      this.#discard(kind);
    }
  }

  #discard(kind: Kind): void {
    clearTimeout(kind.timer);
    kind.timer = undefined;
    const { warm } = kind;
    if (!warm) return;
    kind.warm = undefined;
    const gone = warm.kill();
    this.#leaving.add(gone);
    void gone.then(() => this.#leaving.delete(gone));
  }
}
