/** Without a session there is nothing to keep: a short time only saves the next start. Milliseconds. */
const EMPTY_TIMEOUT_MS = 10_000;

export interface Activity {
  readonly clients: number;
  readonly sessions: number;
  readonly runningExecutions: number;
}

/** Calls `expired` once nobody has been connected and nothing has run for the given time. */
export class IdleWatch {
  readonly #timeoutMs: number;
  readonly #activity: () => Activity;
  readonly #expired: () => void;
  #timer: NodeJS.Timeout | undefined;
  #wait: number | undefined;

  constructor(timeoutMs: number, activity: () => Activity, expired: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#activity = activity;
    this.#expired = expired;
    this.update();
  }

  /** To be called whenever the activity may have changed. */
  update(): void {
    const { clients, sessions, runningExecutions } = this.#activity();
    const busy = clients > 0 || runningExecutions > 0;
    const wait = busy ? undefined : sessions === 0 ? Math.min(EMPTY_TIMEOUT_MS, this.#timeoutMs) : this.#timeoutMs;
    // Updates that change nothing, such as a worker's heartbeat, do not start the time anew.
    if (wait === this.#wait) return;
    this.#wait = wait;
    clearTimeout(this.#timer);
    this.#timer = wait === undefined ? undefined : setTimeout(this.#expire, wait);
  }

  readonly #expire = (): void => {
    this.#wait = undefined;
    this.#expired();
  };
}
