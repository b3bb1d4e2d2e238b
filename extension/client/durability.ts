import type { Durability as Status } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';
import type { BackendLink } from './link.ts';

/** Whether the backend keeps what happens, as it last told. */
export class Durability implements Disposable {
  readonly #store = new DisposableStore();
  readonly #link: BackendLink;
  readonly #changed = this.#store.add(new Emitter<void>());
  readonly #log: (message: string) => void;
  #failure: string | null = null;

  /** `failure` is another one. */
  readonly onChanged = this.#changed.event;

  constructor(link: BackendLink, log: (message: string) => void) {
    this.#link = link;
    this.#log = log;
    this.#store.add(link.onConnected((client) => this.#follow(client)));
    this.#store.add(link.onLost(() => this.#set(null)));
  }

  /** Why nothing is kept, in words; null while it is, or there is no backend. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Tries again. @returns why it is still not kept; null: it is. @throws HoldfastError */
  async retry(): Promise<string | null> {
    this.#take((await (await this.#link.client()).call('RetryDurability', {})).durability);
    return this.#failure;
  }

  dispose(): void {
    this.#store.dispose();
  }

  #follow(client: BackendClient): void {
    client.onEvent((event) => {
      if (event.event === 'durability_changed') this.#take(event.durability);
    });
    void this.#read(client);
  }

  async #read(client: BackendClient): Promise<void> {
    try {
      this.#take((await client.call('StatusMethod', {})).durability);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#log(`Reading the backend's status failed: ${error.message}`);
    }
  }

  #take({ state, reason }: Pick<Status, 'state' | 'reason'>): void {
    this.#set(state === 'failed' ? (reason ?? '') : null);
  }

  #set(failure: string | null): void {
    if (this.#failure === failure) return;
    this.#failure = failure;
    this.#changed.fire();
  }
}
