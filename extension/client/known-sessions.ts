import type { AttachSession, BackendEvent, Recovery, SessionInfo } from '../../backend/protocol/client/index.ts';
import type { ResultOf } from '../../backend/protocol/client/method.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import { unreachable } from '../../backend/protocol/unreachable.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { Emitter } from '../platform/emitter.ts';
import { CatchUp } from './catch-up.ts';
import type { Executions } from './executions.ts';
import type { BackendLink } from './link.ts';
import { MAX_VARIABLES_SHOWN, type Namespaces } from './namespaces.ts';
import { PromptEvents } from './prompt-events.ts';
import type { Prompts } from './prompts.ts';
import { readNamespace } from './read-namespace.ts';

export interface KnownSessionsOptions {
  readonly link: BackendLink;
  readonly executions: Executions;
  readonly namespaces: Namespaces;
  readonly prompts: Prompts;
  /** A session was ended and does not come back. */
  ended(sessionId: string): void;
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

/** The backend's sessions as this window knows them. Receives their events, and tells executions, variables and questions of theirs. */
export class KnownSessions implements Disposable {
  readonly #options: KnownSessionsOptions;
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

  constructor(options: KnownSessionsOptions) {
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

  /** Which worker of the session this window's events have come to: a number that counts up. */
  workerOf(sessionId: string): number | null {
    return this.#byId.get(sessionId)?.workersGone ?? null;
  }

  /** A client whose sessions are known. @throws HoldfastError */
  async client(): Promise<BackendClient> {
    const client = await this.#options.link.client();
    await this.#synchronised;
    return client;
  }

  /** Listens to a session from its first event on. @param listNamespace it may have variables already. @throws HoldfastError */
  async attach(client: BackendClient, session: SessionInfo, listNamespace: boolean): Promise<void> {
    const { sessionId } = session;
    const known = this.#byId.get(sessionId);
    if (known) known.info = session;
    else this.#byId.set(sessionId, { info: session, sequence: 0, workersGone: 0 });
    this.#changed.fire();
    await client.call('AttachSession', { sessionId, cursor: known?.sequence ?? 0, delivery: 'lossy' });
    if (listNamespace) this.#refreshNamespace(client, sessionId, false);
  }

  dispose(): void {
    this.#store.dispose();
    this.#byId.clear();
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
      this.#options.ended(sessionId);
    }
    for (const session of sessions) {
      if (!session.ephemeral) await this.attach(client, session, true);
    }
    await this.#refreshPrompts(client);
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
          if (!event.session.ephemeral) void this.#logged('Attaching', () => this.attach(client, event.session, true));
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
        this.#options.ended(event.sessionId);
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
    executions.loseTables(sessionId);
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
