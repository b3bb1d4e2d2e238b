import assert from 'node:assert/strict';
import { ListSessions } from '../../backend/protocol/client/index.ts';
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
    return new Bystander(session, await pidOf(session));
  }

  /** It answers, from the worker and the namespace that it had. */
  async assertUnharmed(): Promise<void> {
    assert.deepEqual((await this.#session.run('kept + 1')).lines, ['=> 42'], 'another session is harmed');
    assert.equal(await pidOf(this.#session), this.#pid, 'another session has lost its worker');
  }
}

/** The process of a session's worker, null when it has none. */
export async function pidOf({ client, id }: TestSession): Promise<number | null> {
  const { sessions } = await client.request(ListSessions, {});
  return sessions.find(({ sessionId }) => sessionId === id)?.pid ?? null;
}
