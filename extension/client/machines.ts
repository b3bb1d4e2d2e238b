import type * as vscode from 'vscode';
import type { Machine } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';

const SECRET = 'machines.token';

/** The other machines that sessions may run on. What opens them is in the secret storage and told to the backend. */
export class Machines {
  readonly #secrets: vscode.SecretStorage;
  readonly #log: (message: string) => void;

  constructor(secrets: vscode.SecretStorage, log: (message: string) => void) {
    this.#secrets = secrets;
    this.#log = log;
  }

  /** Never rejects: without it sessions run here. */
  async tell(client: BackendClient): Promise<void> {
    try {
      const token = await this.#secrets.get(SECRET);
      if (token) await client.call('UseMachines', { token });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#log(`The token of machines was not taken: ${error.message}`);
    }
  }

  async hasToken(): Promise<boolean> {
    return Boolean(await this.#secrets.get(SECRET));
  }

  /** @param token empty forgets it. @throws HoldfastError `invalid`: nothing has changed */
  async setToken(token: string, client: BackendClient): Promise<void> {
    await client.call('UseMachines', { token: token || null });
    if (token) await this.#secrets.store(SECRET, token);
    else await this.#secrets.delete(SECRET);
  }

  /** @throws HoldfastError `unavailable`, saying what is missing */
  async list(client: BackendClient): Promise<Machine[]> {
    return (await client.call('ListMachines', {})).machines;
  }
}
