import type { BackendEvent, Durability, Grant } from './protocol/client/index.ts';
import type { Connection } from './rpc/connection.ts';
import type { Session } from './sessions/session.ts';

/** Changes of a session within this time are announced together. */
const ANNOUNCE_MS = 20;

interface Listener {
  /** The newest announcement of each session that waits until the connection takes more. */
  readonly missed: Map<string, BackendEvent>;
  behind: boolean;
}

/** Tells every connection about sessions that change or go. What it holds for a slow one is bounded by the number of sessions. */
export class Announcer {
  readonly #listeners = new Map<Connection, Listener>();
  readonly #changed = new Map<string, Session>();
  #timer: NodeJS.Timeout | undefined;
  #stepsTimer: NodeJS.Timeout | undefined;

  add(connection: Connection): void {
    this.#listeners.set(connection, { missed: new Map(), behind: false });
    connection.onClose(() => this.#listeners.delete(connection));
  }

  /** A session changes several times in one execution: connections are told the sum of it. */
  changed(session: Session): void {
    this.#changed.set(session.id, session);
    this.#timer ??= setTimeout(() => this.#announceChanged(), ANNOUNCE_MS);
  }

  grantsChanged(grants: readonly Grant[]): void {
    this.#announce('grants', { event: 'grants_changed', grants: [...grants] });
  }

  checkpointsChanged(): void {
    this.#announce('checkpoints', { event: 'checkpoints_changed' });
  }

  durabilityChanged(durability: Durability): void {
    this.#announce('durability', { event: 'durability_changed', durability });
  }

  stepsChanged(): void {
    // A loop finishes many.
    this.#stepsTimer ??= setTimeout(() => {
      this.#stepsTimer = undefined;
      this.#announce('steps', { event: 'steps_changed' });
    }, ANNOUNCE_MS);
  }

  removed(sessionId: string): void {
    this.#changed.delete(sessionId);
    this.#announce(sessionId, { event: 'session_removed', sessionId });
  }

  #announceChanged(): void {
    this.#timer = undefined;
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    for (const session of changed) this.#announce(session.id, { event: 'session_changed', session: session.info });
  }

  /** @param about a newer announcement about the same takes the place of one that waits */
  #announce(about: string, event: BackendEvent): void {
    for (const [connection, listener] of this.#listeners) this.#send(connection, listener, about, event);
  }

  #send(connection: Connection, listener: Listener, about: string, event: BackendEvent): void {
    if (listener.behind) {
      listener.missed.set(about, event);
      return;
    }
    if (connection.sendEvent(event)) return;
    listener.behind = true;
    void connection.drained().then(() => {
      listener.behind = false;
      const missed = [...listener.missed];
      listener.missed.clear();
      for (const [id, late] of missed) this.#send(connection, listener, id, late);
    });
  }
}
