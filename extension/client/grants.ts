import type { Grant } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';
import type { BackendLink } from './link.ts';

/** The answers to permission prompts that are remembered, oldest first, as the backend last told them. */
export class Grants implements Disposable {
  readonly #store = new DisposableStore();
  readonly #link: BackendLink;
  readonly #changed = this.#store.add(new Emitter<void>());
  readonly #log: (message: string) => void;
  #all: readonly Grant[] = [];

  readonly onChanged = this.#changed.event;

  constructor(link: BackendLink, log: (message: string) => void) {
    this.#link = link;
    this.#log = log;
    this.#store.add(link.onConnected((client) => this.#follow(client)));
  }

  all(): readonly Grant[] {
    return this.#all;
  }

  /** From now on it is asked again. @throws HoldfastError `not_found` when it is not remembered any more */
  async revoke(grantId: string): Promise<void> {
    await (await this.#link.client()).call('RevokeGrant', { grantId });
  }

  dispose(): void {
    this.#store.dispose();
  }

  #follow(client: BackendClient): void {
    client.onEvent((event) => {
      if (event.event === 'grants_changed') this.#set(event.grants);
    });
    void this.#read(client);
  }

  async #read(client: BackendClient): Promise<void> {
    try {
      this.#set((await client.call('ListGrants', {})).grants);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#log(`Reading the remembered answers failed: ${error.message}`);
    }
  }

  #set(grants: readonly Grant[]): void {
    this.#all = grants;
    this.#changed.fire();
  }
}
