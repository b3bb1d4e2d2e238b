/** Waits before a worker is started again after the first, second, … death in a row. Then it is given up. Milliseconds. */
const AFTER_START: readonly number[] = [0, 500, 2_000];
/** The same when it died before it was ready: most often it would do so for ever, and a person waits to hear why. */
const WHILE_STARTING: readonly number[] = [100, 400];
/** A worker that lived longer than this has not died "in a row". Milliseconds. */
const STABLE_MS = 60_000;
/** Without a sign of life for so long a worker is unresponsive: three heartbeats and a bit. Milliseconds. */
const SILENCE_MS = 3_500;

/** A worker's death as the supervisor sees it. */
export interface Death {
  readonly wasReady: boolean;
  /** Trying again cannot help: there is no such program. */
  readonly hopeless: boolean;
}

/**
 * Watches the worker of one session: notices when it gives no sign of life, and decides whether and when a dead one is replaced.
 * A worker that dies again and again opens the circuit breaker: then only a person's next cell or restart makes another try.
 */
export class Supervisor {
  readonly #changed: () => void;
  readonly #start: () => void;
  #deaths = 0;
  #startedAt = 0;
  /** Given up; the next death ends the matter at once. */
  #open = false;
  #restart: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #unresponsiveSince: number | null = null;

  /**
   * @param start starts a worker, after a wait
   * @param changed told when a worker falls silent and when it is heard again
   */
  constructor(start: () => void, changed: () => void) {
    this.#start = start;
    this.#changed = changed;
  }

  /** Unix milliseconds of the last sign of life before the silence; null while the worker is heard. */
  get unresponsiveSince(): number | null {
    return this.#unresponsiveSince;
  }

  /** A restart will come by itself. */
  get restarting(): boolean {
    return this.#restart !== undefined;
  }

  /** A worker is being started. */
  started(): void {
    this.#startedAt = performance.now();
    this.stop();
  }

  ready(): void {
    // It came up after all: what was wrong is mended.
    if (this.#open) this.#deaths = 0;
    this.#open = false;
    this.heard();
  }

  /** Something came from the worker. */
  heard(): void {
    if (this.#silence) this.#silence.refresh();
    else this.#silence = setTimeout(() => this.#fallSilent(), SILENCE_MS);
    if (this.#unresponsiveSince === null) return;
    this.#unresponsiveSince = null;
    this.#changed();
  }

  /** Nothing can be heard, because it is not listened to. */
  paused(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  /** The worker died by itself. @returns false when it is given up. */
  died({ wasReady, hopeless }: Death): boolean {
    this.stop();
    if (wasReady && performance.now() - this.#startedAt > STABLE_MS) this.#deaths = 0;
    const wait = (wasReady ? AFTER_START : WHILE_STARTING)[this.#deaths];
    this.#deaths++;
    if (hopeless || this.#open || wait === undefined) {
      this.#open = true;
      return false;
    }
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.#start();
    }, wait);
    return true;
  }

  /** A person wants a new worker: past deaths do not count. */
  reset(): void {
    this.#open = false;
    this.#deaths = 0;
    this.stop();
  }

  #fallSilent(): void {
    this.#silence = undefined;
    this.#unresponsiveSince = Date.now() - SILENCE_MS;
    this.#changed();
  }

  /** There is no worker to watch, and none is to be started. */
  stop(): void {
    clearTimeout(this.#restart);
    this.#restart = undefined;
    this.paused();
    this.#unresponsiveSince = null;
  }
}
