import * as vscode from 'vscode';
import type { Durability, Storage } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { onSettingChanged } from '../platform/settings.ts';
import type { BackendLink } from './link.ts';

const POSTGRES_SECRET = 'durable.postgres';
/** By the address: a token is never sent to another server than the one it was given for. */
const tokenSecret = (url: string) => `durable.token ${url}`;

/**
 * Where durable promises are kept, as the person has set it: the kind and the address in the user's settings, what opens them in the secret
 * storage. What a workspace says is left aside, so that no repository can send what is run in it elsewhere.
 */
export class DurableStorage implements Disposable {
  readonly #store = new DisposableStore();
  readonly #secrets: vscode.SecretStorage;
  readonly #log: (message: string) => void;

  constructor(secrets: vscode.SecretStorage, log: (message: string) => void) {
    this.#secrets = secrets;
    this.#log = log;
  }

  /** Tells the backend again when the person changes it. */
  follow(link: BackendLink): void {
    const again = () => {
      if (link.current) void this.tell(link.current);
    };
    this.#store.add(onSettingChanged('durable', again));
    this.#store.add(this.#secrets.onDidChange(again));
  }

  get kind(): Storage['kind'] {
    const kind = own('storage');
    return kind === 'server' || kind === 'postgres' ? kind : 'embedded';
  }

  get url(): string {
    const url = own('url');
    return typeof url === 'string' ? url : '';
  }

  /** Before anything is run: what runs first is kept there, too. Never rejects: cells run all the same. */
  async tell(client: BackendClient): Promise<void> {
    try {
      const storage = await this.#read();
      if (storage) await client.call('UseStorage', { storage });
      else
        this.#log(
          'The durable storage has no address or connection string. Holdfast: Set Durable Storage… asks for it.',
        );
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#log(`The durable storage was not taken: ${error.message}`);
    }
  }

  /** Tries it, and then uses and remembers it. @throws HoldfastError `unavailable`, `invalid`: nothing has changed. */
  async choose(storage: Storage, client: BackendClient): Promise<Durability> {
    await client.call('TestStorage', { storage });
    if (storage.kind === 'postgres') await this.#secrets.store(POSTGRES_SECRET, storage.connectionString);
    if (storage.kind === 'server') {
      const name = tokenSecret(storage.url);
      if (storage.token) await this.#secrets.store(name, storage.token);
      else await this.#secrets.delete(name);
    }
    const settings = vscode.workspace.getConfiguration('holdfast.durable');
    // The address first: no kind is ever seen with the address of another.
    if (storage.kind === 'server') await settings.update('url', storage.url, vscode.ConfigurationTarget.Global);
    await settings.update('storage', storage.kind, vscode.ConfigurationTarget.Global);
    return (await client.call('UseStorage', { storage })).durability;
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #read(): Promise<Storage | undefined> {
    switch (this.kind) {
      case 'embedded':
        return { kind: 'embedded' };
      case 'server': {
        const { url } = this;
        return url ? { kind: 'server', url, token: (await this.#secrets.get(tokenSecret(url))) || null } : undefined;
      }
      case 'postgres': {
        const connectionString = await this.#secrets.get(POSTGRES_SECRET);
        return connectionString ? { kind: 'postgres', connectionString } : undefined;
      }
    }
  }
}

function own(name: string): unknown {
  return vscode.workspace.getConfiguration('holdfast.durable').inspect<unknown>(name)?.globalValue;
}
