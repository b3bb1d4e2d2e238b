import assert from 'node:assert/strict';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { TestSession } from './backend.ts';

/** A session that has nothing to do with what goes wrong beside it. */
export class Bystander {
  readonly #session: TestSession;
  readonly #pid: number | null;

  private constructor(session: TestSession, pid: number | null) {
    this.#session = session;
    this.#pid = pid;
  }

  /** @param client of its own, if what goes wrong may take a connection with it. */
  static async open(client: BackendClient): Promise<Bystander> {
    const session = await TestSession.open(client, 'python');
    await session.run('kept = 41');
    return new Bystander(session, (await session.info()).pid);
  }

  /** It answers, from the worker and the namespace that it had. */
  async assertUnharmed(): Promise<void> {
    assert.deepEqual((await this.#session.run('kept + 1')).lines, ['=> 42'], 'another session is harmed');
    assert.equal((await this.#session.info()).pid, this.#pid, 'another session has lost its worker');
  }
}
