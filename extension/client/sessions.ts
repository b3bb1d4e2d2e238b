import type {
  AttachSession,
  BackendEvent,
  CancelTask,
  CheckpointReference,
  Recovery,
  SessionInfo,
} from '../../backend/protocol/client/index.ts';
import type { ResultOf } from '../../backend/protocol/client/method.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { Level } from '../../backend/protocol/security.ts';
import { unreachable } from '../../backend/protocol/unreachable.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import type { LanguageId } from '../../backend/workers/language.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';
import { CatchUp } from './catch-up.ts';
import type { Executions } from './executions.ts';
import type { BackendLink } from './link.ts';
import { MAX_VARIABLES_SHOWN, type Namespaces } from './namespaces.ts';
import { PromptEvents } from './prompt-events.ts';
import type { Prompts } from './prompts.ts';
import { readNamespace } from './read-namespace.ts';
import { wantsFloor } from './security-settings.ts';
import type { SessionChoice } from './session-choice.ts';
import type { SessionMemory } from './session-memory.ts';

export type TaskEnd = ResultOf<typeof CancelTask>['status'];

export interface SessionsOptions {
  readonly link: BackendLink;
  readonly executions: Executions;
  readonly namespaces: Namespaces;
  readonly prompts: Prompts;
  /** The interpreter to use for a new session: a path, or null to let the backend search. */
  interpreter(language: LanguageId): Promise<string | null>;
  /** Which session code runs in. */
  choose(language: LanguageId, file: string | null): SessionChoice;
  readonly memory: SessionMemory;
  log(message: string): void;
}

interface Attached {
  info: SessionInfo;
  /** Sequence number of the newest event seen: where a replay goes on. */
  sequence: number;
  /** Workers that it had before the one it has. */
  workersGone: number;
}

/** What became of the variables of a session whose worker went away. */
export type SessionRecovery = Recovery & { readonly session: SessionInfo };

/** The backend's sessions as this window knows them, kept up to date by their events. */
export class Sessions implements Disposable {
  readonly #options: SessionsOptions;
  readonly #store = new DisposableStore();
  readonly #since = Date.now();
  readonly #byId = new Map<string, Attached>();
  readonly #changed = this.#store.add(new Emitter<void>());
  readonly #recovered = this.#store.add(new Emitter<SessionRecovery>());
  readonly #fellAsleep = this.#store.add(new Emitter<readonly SessionInfo[]>());
  readonly #catchUp: CatchUp;
  readonly #prompts: PromptEvents;
  #synchronised: Promise<void> = Promise.resolve();
  /** Process id of the backend that all this is of. */
  #backend: number | undefined;

  readonly onChanged = this.#changed.event;
  /** A session has a new worker for one that went away, while this window looked. */
  readonly onRecovered = this.#recovered.event;
  /** The backend is gone, and sessions with it that come back with the next one. */
  readonly onFellAsleep = this.#fellAsleep.event;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#prompts = new PromptEvents(options.prompts, options.executions);
    this.#catchUp = this.#store.add(
      new CatchUp({
        executions: options.executions,
        look: async (sessionId) => this.#attachAgain(await this.client(), sessionId),
        sequenceOf: (sessionId) => this.#byId.get(sessionId)?.sequence ?? 0,
        refresh: (sessionId, what) => void this.#logged('Catching up', () => this.#refresh(sessionId, what)),
        logged: (what, work) => this.#logged(what, work),
      }),
    );
    this.#store.add(options.link.onConnected((client) => this.#connected(client)));
    this.#store.add(
      options.link.onLost((reason) => {
        this.#fallAsleep(reason);
        options.executions.lose(reason);
      }),
    );
  }

  all(): readonly SessionInfo[] {
    return [...this.#byId.values()].map(({ info }) => info);
  }

  get(sessionId: string): SessionInfo | undefined {
    return this.#byId.get(sessionId)?.info;
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
    const client = await this.#options.link.client();
    await this.#synchronised;
    return client;
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

  /** Which worker of the session this window's events have come to: a number that counts up. */
  workerOf(sessionId: string): number | null {
    return this.#byId.get(sessionId)?.workersGone ?? null;
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
    this.#byId.clear();
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
    if (!this.#byId.has(session.sessionId)) await this.#attach(client, session, !created);
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

  #connected(client: BackendClient): void {
    // Another backend has the same sessions, and counts their events anew.
    const { pid } = client.hello;
    if (this.#backend !== pid) this.#fallAsleep('The Holdfast backend ended.');
    this.#backend = pid;
    client.onEvent((event, payload) => this.#receive(client, event, payload));
    // Requests wait for this promise and go on without it: an error here is the connection's, and theirs says the same.
    this.#synchronised = this.#synchronise(client).catch((error: Error) =>
      this.#options.log(`Reading the sessions failed: ${error.message}`),
    );
  }

  /** Takes over what the backend has: sessions of an earlier window, or of this one before the connection broke. */
  async #synchronise(client: BackendClient): Promise<void> {
    const { sessions } = await client.call('ListSessions', {});
    const living = new Set(sessions.map(({ sessionId }) => sessionId));
    for (const { sessionId } of this.all()) {
      if (living.has(sessionId)) continue;
      this.#forget(sessionId, 'Its session ended while this window was not connected.');
      this.#options.memory.forget(sessionId);
    }
    for (const session of sessions) {
      if (!session.ephemeral) await this.#attach(client, session, true);
    }
    await this.#refreshPrompts(client);
  }

  async #attach(client: BackendClient, session: SessionInfo, listNamespace: boolean): Promise<void> {
    const { sessionId } = session;
    const known = this.#byId.get(sessionId);
    if (known) known.info = session;
    else this.#byId.set(sessionId, { info: session, sequence: 0, workersGone: 0 });
    this.#changed.fire();
    await client.call('AttachSession', { sessionId, cursor: known?.sequence ?? 0, delivery: 'lossy' });
    if (listNamespace) this.#refreshNamespace(client, sessionId, false);
  }

  #receive(client: BackendClient, event: BackendEvent, payload: Uint8Array): void {
    switch (event.event) {
      case 'session_event':
        this.#receiveSessionEvent(client, event, payload);
        return;
      case 'session_changed': {
        const known = this.#byId.get(event.session.sessionId);
        if (!known) {
          // Another window, or the command line, has made it.
          if (!event.session.ephemeral) void this.#logged('Attaching', () => this.#attach(client, event.session, true));
          return;
        }
        known.info = event.session;
        this.#changed.fire();
        return;
      }
      // `Grants`, `Checkpoints`, `KeptSteps` and `Durability` have listeners of their own.
      case 'grants_changed':
      case 'checkpoints_changed':
      case 'durability_changed':
      case 'steps_changed':
      // Nor are capabilities that this window offers.
      case 'capability_called':
      case 'capability_cancelled':
        return;
      case 'session_removed':
        this.#forget(event.sessionId, 'The session was ended.');
        this.#options.memory.forget(event.sessionId);
        return;
      default:
        unreachable(event);
    }
  }

  #receiveSessionEvent(
    client: BackendClient,
    { sessionId, sequence, at, body }: Extract<BackendEvent, { event: 'session_event' }>,
    payload: Uint8Array,
  ): void {
    const known = this.#byId.get(sessionId);
    // An event that a replay brings for the second time.
    if (!known || sequence <= known.sequence) return;
    known.sequence = sequence;
    const { executions, namespaces } = this.#options;
    executions.apply(sessionId, at, body, payload);
    if (body.kind === 'started') namespaces.begin(sessionId, body.executionId);
    if (body.kind === 'namespace_changed') {
      if (body.reset) known.workersGone++;
      namespaces.apply(sessionId, body);
      if (body.truncated) this.#refreshNamespace(client, sessionId, true);
    }
    if (body.kind === 'prompt_opened' || body.kind === 'prompt_closed') this.#prompts.apply(body);
    // What an earlier window has shown is not shown again.
    if (body.kind === 'noticed' && at >= this.#since) this.#options.prompts.notice(body);
    if (body.kind === 'recovered' && at >= this.#since) this.#recovered.fire({ session: known.info, ...body.recovery });
    if (body.kind === 'dropped') this.#catchUp.request(sessionId);
    this.#catchUp.reached(sessionId, sequence);
  }

  /** Goes on where the events are, and is told how far they are now. */
  #attachAgain(client: BackendClient, sessionId: string): Promise<ResultOf<typeof AttachSession>> {
    const cursor = this.#byId.get(sessionId)?.sequence ?? 0;
    return client.call('AttachSession', { sessionId, cursor, delivery: 'lossy' });
  }

  async #refresh(sessionId: string, what: 'all' | 'questions'): Promise<void> {
    const client = await this.client();
    if (what === 'all') this.#refreshNamespace(client, sessionId, true);
    await this.#refreshPrompts(client);
  }

  async #refreshPrompts(client: BackendClient): Promise<void> {
    const { prompts } = await client.call('ListPrompts', {});
    this.#prompts.replace(prompts.filter(({ sessionId }) => this.#byId.has(sessionId)));
  }

  /**
   * Frames arrive in order, so a page is never older than a delta that was seen before it.
   * @param changed see `Namespaces.replace`
   */
  #refreshNamespace(client: BackendClient, sessionId: string, changed: boolean): void {
    void this.#logged('Reading the namespace', async () => {
      const { variables, total } = await readNamespace(client, sessionId, MAX_VARIABLES_SHOWN);
      if (this.#byId.has(sessionId)) this.#options.namespaces.replace(sessionId, variables, total, changed);
    });
  }

  async #logged(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof HoldfastError) this.#options.log(`${what} failed: ${error.message}`);
      else throw error;
    }
  }

  #forget(sessionId: string, reason: string): void {
    if (!this.#byId.delete(sessionId)) return;
    const { executions, prompts } = this.#options;
    executions.lose(reason, sessionId, (id) => prompts.ofExecution(id)[0]?.prompt.trim().split('\n')[0] ?? null);
    prompts.closeOfSession(sessionId);
    this.#options.namespaces.remove(sessionId);
    this.#changed.fire();
  }

  /** The backend is gone. Which code runs in which session stays known: they come back with another one. */
  #fallAsleep(reason: string): void {
    const sessions = this.all();
    for (const { sessionId } of sessions) this.#forget(sessionId, reason);
    if (sessions.length > 0) this.#fellAsleep.fire(sessions);
  }
}
