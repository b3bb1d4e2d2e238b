import type { CancelTask, CheckpointReference, SessionInfo } from '../../backend/protocol/client/index.ts';
import type { ResultOf } from '../../backend/protocol/client/method.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { Level } from '../../backend/protocol/security.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';
import { KnownSessions, type KnownSessionsOptions } from './known-sessions.ts';
import { wantsFloor } from './security-settings.ts';
import type { SessionChoice } from './session-choice.ts';
import type { SessionMemory } from './session-memory.ts';

export type TaskEnd = ResultOf<typeof CancelTask>['status'];

export interface SessionsOptions extends Omit<KnownSessionsOptions, 'ended'> {
  /** The interpreter to use for a new session: a path, or null to let the backend search. */
  interpreter(language: LanguageId): Promise<string | null>;
  /** Which session code runs in. */
  choose(language: LanguageId, file: string | null): SessionChoice;
  readonly memory: SessionMemory;
}

/** The backend's sessions: which of them code runs in, and what can be asked of them. */
export class Sessions implements Disposable {
  readonly #options: SessionsOptions;
  readonly #store = new DisposableStore();
  readonly #known: KnownSessions;
  readonly #changed = this.#store.add(new Emitter<void>());

  readonly onChanged = this.#changed.event;
  readonly onRecovered: KnownSessions['onRecovered'];
  readonly onFellAsleep: KnownSessions['onFellAsleep'];

  constructor(options: SessionsOptions) {
    this.#options = options;
    const ended = (sessionId: string) => options.memory.forget(sessionId);
    this.#known = this.#store.add(new KnownSessions({ ...options, ended }));
    this.#store.add(this.#known.onChanged(() => this.#changed.fire()));
    this.onRecovered = this.#known.onRecovered;
    this.onFellAsleep = this.#known.onFellAsleep;
  }

  all(): readonly SessionInfo[] {
    return this.#known.all();
  }

  get(sessionId: string): SessionInfo | undefined {
    return this.#known.get(sessionId);
  }

  /** Which worker of the session this window's events have come to: a number that counts up. */
  workerOf(sessionId: string): number | null {
    return this.#known.workerOf(sessionId);
  }

  /** The session that runs the code of a language, or of a file of it, if there is one. */
  find(language: LanguageId, file: string | null): SessionInfo | undefined {
    const { memory, choose } = this.#options;
    const { name } = choose(language, file);
    // One that was renamed goes on being the one that runs this code.
    return (
      this.picked(language, file) ??
      this.get(memory.made(language, name) ?? '') ??
      this.all().find((session) => session.language === language && session.name === name)
    );
  }

  /** The session that a person has picked for a file. */
  picked(language: LanguageId, file: string | null): SessionInfo | undefined {
    return this.get(this.#options.memory.picked(language, file) ?? '');
  }

  /** Lets the code of a file run in a session from now on; undefined: in the one that the settings say. */
  async pick(language: LanguageId, file: string | null, sessionId: string | undefined): Promise<void> {
    await this.#options.memory.setPicked(language, file, sessionId);
    this.#changed.fire();
  }

  /** A client whose sessions are known. @throws HoldfastError */
  async client(): Promise<BackendClient> {
    return await this.#known.client();
  }

  /**
   * The session for code of a language, or of a file of it, created on the first use.
   * @throws HoldfastError `unavailable` without an interpreter
   */
  async ensure(language: LanguageId, file: string | null): Promise<SessionInfo> {
    const client = await this.client();
    const known = this.find(language, file);
    if (known) return known;
    const choice = this.#options.choose(language, file);
    const session = await this.#create(client, language, choice, true);
    await this.#options.memory.setMade(language, choice.name, session.sessionId);
    return session;
  }

  /**
   * Starts a session beside those that are there.
   * @param name null for the language's name with a number
   * @param group of machines on one of which it runs; without it here
   * @throws HoldfastError `conflict` when the name is taken, `unavailable` without an interpreter
   */
  async create(language: LanguageId, file: string | null, name: string | null, group?: string): Promise<SessionInfo> {
    const client = await this.client();
    const choice = { ...this.#options.choose(language, file), name, ...(group !== undefined && { group }) };
    return await this.#create(client, language, choice, false);
  }

  /** Settles when the session's worker is ready, or there is none. */
  async started(sessionId: string): Promise<SessionInfo> {
    for (;;) {
      const session = this.get(sessionId);
      if (!session) throw new HoldfastError('not_found', 'The session was ended.');
      if (session.state !== 'starting') return session;
      await this.#change();
    }
  }

  async interrupt(sessionId: string): Promise<void> {
    await (await this.client()).call('InterruptSession', { sessionId });
  }

  /** @returns the checkpoint that holds what there was; null when there is none. */
  async restart(sessionId: string): Promise<CheckpointReference | null> {
    return (await (await this.client()).call('RestartSession', { sessionId })).checkpoint;
  }

  async rename(sessionId: string, name: string): Promise<void> {
    await (await this.client()).call('RenameSession', { sessionId, name });
  }

  /** Takes the last cell back. @returns the id of its execution. @throws HoldfastError `unavailable` with the reason, `conflict` */
  async undoCell(sessionId: string): Promise<string> {
    return (await (await this.client()).call('UndoCell', { sessionId })).executionId;
  }

  /** In force at once, also for what runs. */
  async setLevel(sessionId: string, level: Level): Promise<void> {
    await (await this.client()).call('SetSessionLevel', { sessionId, level });
  }

  /** Cancels what waits in a session. @returns how many. */
  async clearQueue(sessionId: string): Promise<number> {
    return (await (await this.client()).call('ClearQueue', { sessionId })).cancelled.length;
  }

  /** Puts a waiting execution before the others. */
  async runNext(sessionId: string, executionId: string): Promise<void> {
    await (await this.client()).call('MoveExecution', { sessionId, executionId, position: 0 });
  }

  async cancelTask(sessionId: string, taskId: number): Promise<TaskEnd> {
    return (await (await this.client()).call('CancelTask', { sessionId, taskId })).status;
  }

  async kill(sessionId: string): Promise<void> {
    await (await this.client()).call('KillSession', { sessionId });
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #create(
    client: BackendClient,
    language: LanguageId,
    choice: Omit<SessionChoice, 'name'> & { name: string | null; group?: string },
    reuse: boolean,
  ): Promise<SessionInfo> {
    // Another machine has interpreters of its own.
    const interpreter = choice.group === undefined ? await this.#options.interpreter(language) : null;
    const parameters = { language, ...choice, reuse, ephemeral: false, interpreter, env: null, floor: wantsFloor() };
    const { session, created } = await client.call('CreateSession', parameters);
    // The event that tells of it may have come first.
    if (!this.#known.get(session.sessionId)) await this.#known.attach(client, session, !created);
    return session;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const listening = this.onChanged(() => {
        listening.dispose();
        resolve();
      });
    });
  }
}
