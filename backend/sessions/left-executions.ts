import type { ExecutionHistory } from '../durable/execution-history.ts';
import { lostWith } from './outcomes.ts';
import type { Session } from './session.ts';

/** What an earlier backend left that says that it may run again. */
export class LeftExecutions {
  readonly #history: ExecutionHistory;
  #state: 'unknown' | Promise<void> | 'none' = 'unknown';

  constructor(history: ExecutionHistory) {
    this.#history = history;
  }

  /**
   * Puts it into the queues of its sessions, once. Not before a client has said what holds here, or wants code to run.
   * @param sessions all there are; those of the earlier backend are asleep
   * @returns undefined when there is nothing to wait for; else it settles when it is in the queues, and never rejects.
   */
  run(sessions: readonly Session[]): Promise<void> | undefined {
    if (this.#state === 'unknown') {
      const back = sessions.filter((session) => session.asleep);
      this.#state = back.length === 0 ? 'none' : this.#queue(back);
      // A session that is new has nothing to do with it.
      if (this.#state === 'none') void this.#history.loseLeft();
    }
    return this.#state === 'none' ? undefined : this.#state;
  }

  async #queue(sessions: readonly Session[]): Promise<void> {
    await Promise.all(
      sessions.map(async ({ id, executions }) => {
        for (const request of await this.#history.takeLeft(id)) {
          try {
            executions.execute(request);
          } catch (error) {
            // The session is ending.
            const { executionId, runs = 0 } = request;
            await this.#history.ended({ id: executionId, runs }, lostWith((error as Error).message, '', 0), undefined);
          }
        }
      }),
    );
    this.#state = 'none';
    void this.#history.loseLeft();
  }
}
