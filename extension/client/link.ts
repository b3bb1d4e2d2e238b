import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import type { Disposable } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';

/** Waits before each attempt to reconnect, in milliseconds: none at first, since a backend that lives answers at once. */
const RECONNECT_DELAYS: readonly number[] = [0, 100, 300, 1000, 3000];

export type LinkState = 'disconnected' | 'connecting' | 'connected' | 'reconnecting';

export interface LinkOptions {
  /** `start`: find a backend or start one. `find`: only find one, failing with `not_found`. */
  connect(how: 'start' | 'find'): Promise<BackendClient>;
  log(message: string): void;
  readonly reconnectDelays?: readonly number[];
}

/**
 * The way to the workspace's backend. Made on the first use, or when one is found that runs already; found again when it breaks. A backend that is gone is not started
 * again by itself: only the next run needs one.
 */
export class BackendLink implements Disposable {
  readonly #options: LinkOptions;
  readonly #connected = new Emitter<BackendClient>();
  readonly #lost = new Emitter<string>();
  readonly #stateChanged = new Emitter<LinkState>();
  readonly #abort = new AbortController();
  #state: LinkState = 'disconnected';
  #client: BackendClient | undefined;
  #opening: Promise<BackendClient> | undefined;
  #findingAgain: Promise<void> | undefined;

  /** A client is ready, new or found again. Told before whoever waits for `client()`. */
  readonly onConnected = this.#connected.event;
  /** The backend is gone for good and its sessions with it; the reason is for a person. */
  readonly onLost = this.#lost.event;
  readonly onStateChanged = this.#stateChanged.event;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The client when there is a connection now. */
  get current(): BackendClient | undefined {
    return this.#client;
  }

  /** Connects when needed; callers at the same time share one attempt. @throws HoldfastError */
  async client(): Promise<BackendClient> {
    await this.#findingAgain;
    if (this.#client) return this.#client;
    this.#opening ??= this.#open();
    return await this.#opening;
  }

  /**
   * Connects to a backend that runs already, and starts none: what an earlier window began shows again. Settles when that is done or
   * there is none; never rejects.
   */
  async find(): Promise<void> {
    if (this.#state !== 'disconnected' || this.#opening) return;
    // Whoever needs a client meanwhile waits for it, as while the link is found again.
    this.#findingAgain ??= this.#look().finally(() => {
      this.#findingAgain = undefined;
    });
    await this.#findingAgain;
  }

  dispose(): void {
    this.#abort.abort();
    this.#client?.close();
    this.#client = undefined;
    this.#state = 'disconnected';
    for (const emitter of [this.#connected, this.#lost, this.#stateChanged]) emitter.dispose();
  }

  async #open(): Promise<BackendClient> {
    this.#setState('connecting');
    try {
      return this.#use(await this.#options.connect('start'));
    } catch (error) {
      this.#setState('disconnected');
      throw error;
    } finally {
      this.#opening = undefined;
    }
  }

  #use(client: BackendClient): BackendClient {
    if (this.#abort.signal.aborted) {
      client.close();
      throw new HoldfastError('cancelled', 'The window is closing.');
    }
    this.#client = client;
    this.#setState('connected');
    this.#connected.fire(client);
    client.onClose((reason) => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#options.log(
        `The connection to the backend (process ${client.hello.pid}) closed: ${reason?.message ?? 'it ended'}`,
      );
      this.#findingAgain = this.#findAgain().finally(() => {
        this.#findingAgain = undefined;
      });
    });
    return client;
  }

  async #look(): Promise<void> {
    try {
      this.#use(await this.#options.connect('find'));
    } catch (error) {
      if (error instanceof HoldfastError && (error.code === 'not_found' || error.code === 'cancelled')) return;
      this.#options.log(`Looking for a backend failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Never rejects: that the backend is gone is told by `onLost`. */
  async #findAgain(): Promise<void> {
    this.#setState('reconnecting');
    let reason = 'The Holdfast backend ended.';
    for (const milliseconds of this.#options.reconnectDelays ?? RECONNECT_DELAYS) {
      // An abort ends the wait early; the loop looks at the signal itself.
      await delay(milliseconds, undefined, { signal: this.#abort.signal }).catch(() => {});
      if (this.#abort.signal.aborted) return;
      try {
        this.#use(await this.#options.connect('find'));
        return;
      } catch (error) {
        if (error instanceof HoldfastError && error.code === 'not_found') break;
        reason = error instanceof Error ? error.message : String(error);
        this.#options.log(`Reconnecting failed: ${reason}`);
      }
    }
    this.#setState('disconnected');
    this.#lost.fire(reason);
  }

  #setState(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#stateChanged.fire(state);
  }
}
