import { randomUUID } from 'node:crypto';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { Origin, Security } from '../../backend/protocol/security.ts';
import type { Dialect, Source } from '../../backend/protocol/values.ts';
import { languageOfDialect } from '../../backend/workers/index.ts';
import { type Execution, hasEnded, titleOf } from './execution.ts';
import type { Executions } from './executions.ts';
import type { Sessions } from './sessions.ts';

export interface RunRequest {
  readonly dialect: Dialect;
  readonly code: string;
  readonly source: Source;
  /** See `Execute`: cells of one batch stop at the first that does not succeed. Null or left out: it stands alone. */
  readonly batch?: string | null;
  /** Who asks for it; left out: a person. */
  readonly origin?: Origin;
  /** What it may do, when that is stricter than what is usual for who asks. */
  readonly security?: Security | null;
}

/** Runs cells in the session of their language, in the order in which they were asked for. */
export class Runner {
  readonly #sessions: Sessions;
  readonly #executions: Executions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(sessions: Sessions, executions: Executions) {
    this.#sessions = sessions;
    this.#executions = executions;
  }

  /** @returns the execution at once, and a promise that settles when the backend has taken it, or rejects with why not. */
  run(request: RunRequest): { execution: Execution; accepted: Promise<void> } {
    const { dialect, code, source, origin = 'person' } = request;
    const title = titleOf(code);
    const execution = this.#executions.begin({ id: randomUUID(), dialect, source, title, code, origin });
    const accepted = this.#last.then(() => this.#submit(execution, request));
    this.#last = accepted.catch(() => {});
    return { execution, accepted };
  }

  /** Ends one execution. Answered when it has ended. */
  async cancel(executionId: string): Promise<void> {
    const execution = this.#executions.get(executionId);
    if (!execution || hasEnded(execution)) return;
    if (execution.sessionId === null) {
      this.#executions.end(executionId, {
        status: 'cancelled',
        seconds: 0,
        rung: 'queued',
        cancelSeconds: 0,
        lost: [],
        error: null,
        reason: null,
      });
      return;
    }
    const client = await this.#sessions.client();
    await client.call('CancelExecution', { sessionId: execution.sessionId, executionId });
  }

  async #submit(execution: Execution, request: RunRequest): Promise<void> {
    try {
      const { sessionId } = await this.#sessions.ensure(languageOfDialect(request.dialect).id, request.source.path);
      // Cancelled before there was a session.
      if (hasEnded(execution)) return;
      this.#executions.assign(execution.id, sessionId);
      await this.#execute(sessionId, execution.id, request);
    } catch (error) {
      if (!hasEnded(execution)) this.#executions.discard(execution.id);
      throw error;
    }
  }

  async #execute(sessionId: string, executionId: string, request: RunRequest): Promise<void> {
    const { dialect, code, source, batch = null, origin = 'person', security } = request;
    const parameters = { sessionId, executionId, dialect, source, batch, origin, ...(security && { security }) };
    const options = { payload: new TextEncoder().encode(code) };
    const client = await this.#sessions.client();
    try {
      await client.call('Execute', parameters, options);
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'closed') throw error;
      // The backend may or may not have got it. Its id makes asking again harmless, but not of another backend: that does not know what ran.
      const again = await this.#sessions.client();
      if (again.hello.pid !== client.hello.pid) throw error;
      if (this.#sessions.get(sessionId)) await again.call('Execute', parameters, options);
    }
  }
}
