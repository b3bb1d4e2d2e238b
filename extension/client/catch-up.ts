import type { SessionInfo } from '../../backend/protocol/client/index.ts';
import type { Disposable } from '../platform/disposables.ts';
import { Throttle } from '../platform/throttle.ts';
import type { Executions } from './executions.ts';

/** In a flood events are left out all the time. */
const CATCH_UP_MS = 500;

export interface CatchUpOptions {
  readonly executions: Executions;
  /** Asks what the session does now, and up to which event that is so. */
  look(sessionId: string): Promise<{ readonly session: SessionInfo; readonly cursor: number }>;
  /** Sequence number of the newest event that has come. */
  sequenceOf(sessionId: string): number;
  /** Asks for everything else that the events would have told; `questions`: an execution goes on, and no variable is told of before it ends. */
  refresh(sessionId: string, what: 'all' | 'questions'): void;
  /** Runs work whose failure is the connection's: it is logged. */
  logged(what: string, work: () => Promise<void>): Promise<void>;
}

interface Verdict {
  readonly session: SessionInfo;
  readonly cursor: number;
  readonly unfinished: readonly string[];
}

/** Finds out what events told that were left out because this window was slow. */
export class CatchUp implements Disposable {
  readonly #options: CatchUpOptions;
  readonly #behind = new Set<string>();
  /** The newest answer of each session, until the events have come that it knows of. */
  readonly #verdicts = new Map<string, Verdict>();
  /** The execution that each session ran when it was last looked at. */
  readonly #running = new Map<string, string>();
  readonly #throttle = new Throttle(CATCH_UP_MS, () => this.#look());

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** Events of a session were left out. */
  request(sessionId: string): void {
    this.#behind.add(sessionId);
    this.#throttle.request();
  }

  /** An event has come. What has ended by an event that still came has not been missed. */
  reached(sessionId: string, sequence: number): void {
    const verdict = this.#verdicts.get(sessionId);
    if (!verdict || sequence < verdict.cursor) return;
    this.#verdicts.delete(sessionId);
    const { session, unfinished } = verdict;
    if (session.queued > 0) return;
    for (const id of unfinished) {
      if (id === session.running) continue;
      const reason = 'So much was printed that this window missed how it ended.';
      this.#options.executions.end(id, { status: 'lost', seconds: 0, reason, stderrTail: '' });
    }
  }

  dispose(): void {
    this.#throttle.dispose();
    this.#verdicts.clear();
  }

  #look(): void {
    const sessions = [...this.#behind];
    this.#behind.clear();
    for (const sessionId of sessions) {
      const unfinished = this.#options.executions.unfinished(sessionId).map(({ id }) => id);
      void this.#options.logged('Catching up', async () => {
        const answer = await this.#options.look(sessionId);
        const { running } = answer.session;
        const goesOn = running !== null && this.#running.get(sessionId) === running;
        if (running === null) this.#running.delete(sessionId);
        else this.#running.set(sessionId, running);
        this.#verdicts.set(sessionId, { ...answer, unfinished });
        this.reached(sessionId, this.#options.sequenceOf(sessionId));
        this.#options.refresh(sessionId, goesOn ? 'questions' : 'all');
      });
    }
  }
}
