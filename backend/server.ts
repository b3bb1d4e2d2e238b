import { timingSafeEqual } from 'node:crypto';
import net from 'node:net';
import { log, logError } from './log.ts';
import * as protocol from './protocol/client/index.ts';
import { HoldfastError, ProtocolError } from './protocol/errors.ts';
import { PROTOCOL_VERSION } from './protocol/values.ts';
import { Connection } from './rpc/connection.ts';
import { StreamTransport } from './rpc/transport.ts';
import type { Delivery, LoggedEvent, Reader } from './sessions/event-log.ts';
import type { Session } from './sessions/session.ts';
import { Sessions } from './sessions/sessions.ts';
import { VERSION } from './version.ts';

/** A connection that has not said hello by then is closed. */
const HELLO_TIMEOUT_MS = 10_000;

export interface ServerOptions {
  readonly workspace: string;
  readonly token: string;
  /** Absolute path of the built workers. */
  readonly workers: string;
  readonly logFile: string;
  /** Told when clients or executions come and go. */
  readonly activity: () => void;
  /** A client asked the backend to end. */
  readonly stop: () => void;
}

/** One connection that has said hello. */
interface Client {
  readonly connection: Connection;
  readonly name: string;
  readonly readers: Map<string, Reader>;
  /** Sessions that end with it. */
  readonly ephemeral: Set<Session>;
  /** Announcements that wait until it reads again, the newest of each session. */
  readonly missed: Map<string, protocol.BackendEvent>;
  behind: boolean;
}

/** Answers clients. The protocol's methods, one line each, and what a connection's end means. */
export class Server {
  readonly sessions: Sessions;
  readonly #options: ServerOptions;
  readonly #net: net.Server;
  readonly #clients = new Set<Client>();
  readonly #startedAt = Date.now();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.sessions = new Sessions(options.workspace, options.workers, {
      changed: (session) => {
        this.#broadcast(session.id, { event: 'session_changed', session: session.info });
        options.activity();
      },
      removed: (sessionId) => {
        this.#broadcast(sessionId, { event: 'session_removed', sessionId });
        options.activity();
      },
    });
    this.#net = net.createServer((socket) => this.#accept(socket));
  }

  get clients(): number {
    return this.#clients.size;
  }

  listen(address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#net.once('error', reject);
      this.#net.listen(address, resolve);
    });
  }

  /** Ends every session, then every connection. */
  async close(): Promise<void> {
    this.#net.close();
    await this.sessions.removeAll();
    for (const { connection } of this.#clients) connection.close();
  }

  #accept(socket: net.Socket): void {
    const connection = new Connection(new StreamTransport(socket));
    connection.onInternalError = (error) => logError('A request failed', error);
    const timer = setTimeout(() => connection.close(new HoldfastError('timeout', 'No hello.')), HELLO_TIMEOUT_MS);
    connection.onClose((reason) => {
      clearTimeout(timer);
      if (reason instanceof ProtocolError) log(`A connection was closed: ${reason.message}`);
    });
    connection.handle(protocol.HelloMethod, ({ token, client: name, protocol: version }) => {
      if (!this.#isToken(token)) {
        log(`A client that calls itself ${JSON.stringify(name)} was refused: it has the wrong token.`);
        // The refusal goes out first.
        setImmediate(() => connection.close());
        throw new HoldfastError('unauthorized', 'This is not the token of this backend.');
      }
      clearTimeout(timer);
      this.#welcome(connection, name, version);
      const { workspace } = this.#options;
      return { protocol: PROTOCOL_VERSION, version: VERSION, pid: process.pid, workspace };
    });
    connection.listen();
  }

  #isToken(token: string): boolean {
    const given = Buffer.from(token);
    const own = Buffer.from(this.#options.token);
    return given.length === own.length && timingSafeEqual(given, own);
  }

  /** @param version of the client's protocol: with another one it may only ask the backend to stop. */
  #welcome(connection: Connection, name: string, version: number): void {
    const client: Client = {
      connection,
      name,
      readers: new Map(),
      ephemeral: new Set(),
      missed: new Map(),
      behind: false,
    };
    this.#clients.add(client);
    connection.onClose(() => this.#farewell(client));
    connection.handle(protocol.StopMethod, ({ whenIdle }) => this.#stop(whenIdle));
    if (version === PROTOCOL_VERSION) this.#handle(client);
    this.#options.activity();
  }

  #farewell(client: Client): void {
    this.#clients.delete(client);
    for (const [sessionId, reader] of client.readers) {
      this.sessions.all.find(({ id }) => id === sessionId)?.log.detach(reader);
    }
    for (const session of client.ephemeral) {
      this.sessions.remove(session).catch((error) => logError('A session could not be ended', error));
    }
    this.#options.activity();
  }

  #handle(client: Client): void {
    const { connection } = client;
    const session = (sessionId: string) => this.sessions.get(sessionId);
    connection.handle(protocol.StatusMethod, () => this.#status());
    connection.handle(protocol.ListSessions, () => ({ sessions: this.sessions.all.map(({ info }) => info) }));
    connection.handle(protocol.CreateSession, async (params) => {
      const created = await this.sessions.create(params);
      if (created.created && params.ephemeral) {
        client.ephemeral.add(created.session);
        if (connection.closed) await this.sessions.remove(created.session);
      }
      return { session: created.session.info, created: created.created };
    });
    connection.handle(protocol.RestartSession, async ({ sessionId }) => {
      await session(sessionId).restart();
      return { session: session(sessionId).info };
    });
    connection.handle(protocol.InterruptSession, async ({ sessionId }) => ({
      cancelled: await session(sessionId).interrupt(),
    }));
    connection.handle(protocol.KillSession, async ({ sessionId }) => {
      await this.sessions.remove(session(sessionId));
      return {};
    });
    connection.handle(protocol.AttachSession, ({ sessionId, cursor, delivery }) =>
      this.#attach(client, session(sessionId), cursor, delivery),
    );
    connection.handle(protocol.DetachSession, ({ sessionId }) => {
      this.#detach(client, session(sessionId));
      return {};
    });
    connection.handle(protocol.Execute, (params, { payload }) => {
      if (payload.length > protocol.MAX_CODE_BYTES) {
        throw new HoldfastError('invalid', `The cell is larger than ${protocol.MAX_CODE_BYTES / 1024 ** 2} MiB.`);
      }
      const { sessionId, ...request } = params;
      return { position: session(sessionId).execute({ ...request, client: client.name, code: payload }) };
    });
    connection.handle(protocol.CancelExecution, async ({ sessionId, executionId }) => {
      await session(sessionId).cancel(executionId);
      return {};
    });
    connection.handle(protocol.ListNamespace, ({ sessionId, start, count }) =>
      session(sessionId).inspect(start, count),
    );
    connection.handle(protocol.ListPrompts, () => ({
      prompts: this.sessions.all.flatMap(({ broker }) => broker.prompts),
    }));
    connection.handle(protocol.AnswerPrompt, ({ promptId, value }) => {
      this.#brokerOf(promptId).answer(promptId, value);
      return {};
    });
    connection.handle(protocol.ClosePrompt, ({ promptId }) => {
      this.#brokerOf(promptId).refuse(promptId);
      return {};
    });
  }

  #brokerOf(promptId: string): Session['broker'] {
    const session = this.sessions.all.find(({ broker }) => broker.has(promptId));
    if (!session)
      throw new HoldfastError('conflict', 'That question has been answered already, or its program has ended.');
    return session.broker;
  }

  #attach(
    client: Client,
    session: Session,
    cursor: number,
    delivery: Delivery,
  ): { session: protocol.SessionInfo; cursor: number } {
    this.#detach(client, session);
    const { connection } = client;
    const reader: Reader = {
      deliver: (event) => sendSessionEvent(connection, session.id, event),
      ready: () => connection.drained(),
    };
    client.readers.set(session.id, reader);
    const newest = session.log.sequence;
    // After the answer, which tells the client what to expect.
    setImmediate(() => {
      if (client.readers.get(session.id) === reader && !connection.closed) session.log.attach(reader, cursor, delivery);
    });
    return { session: session.info, cursor: newest };
  }

  #detach(client: Client, session: Session): void {
    const reader = client.readers.get(session.id);
    if (reader) session.log.detach(reader);
    client.readers.delete(session.id);
  }

  #status(): protocol.BackendStatus {
    return {
      version: VERSION,
      pid: process.pid,
      workspace: this.#options.workspace,
      node: process.versions.node,
      startedAt: this.#startedAt,
      clients: this.#clients.size,
      sessions: this.sessions.all.length,
      runningExecutions: this.sessions.runningExecutions,
      memory: process.memoryUsage.rss(),
      logFile: this.#options.logFile,
    };
  }

  #stop(whenIdle: boolean): Record<string, never> {
    const running = this.sessions.runningExecutions;
    if (whenIdle && running > 0) {
      throw new HoldfastError('conflict', `${running} ${running === 1 ? 'session is' : 'sessions are'} running code.`);
    }
    setImmediate(this.#options.stop);
    return {};
  }

  #broadcast(sessionId: string, event: protocol.BackendEvent): void {
    for (const client of this.#clients) {
      if (client.behind) client.missed.set(sessionId, event);
      else announce(client, event);
    }
  }
}

/** Sends an announcement; once the client falls behind, what follows is kept to the newest of each session until it has caught up. */
function announce(client: Client, event: protocol.BackendEvent): void {
  if (client.connection.sendEvent(event)) return;
  client.behind = true;
  void client.connection.drained().then(() => {
    client.behind = false;
    const missed = [...client.missed.values()];
    client.missed.clear();
    for (const [index, late] of missed.entries()) {
      if (client.behind) client.missed.set(String(index), late);
      else announce(client, late);
    }
  });
}

function sendSessionEvent(
  connection: Connection,
  sessionId: string,
  { sequence, at, body, payload }: LoggedEvent,
): boolean {
  const event: protocol.BackendEvent = { event: 'session_event', sessionId, sequence, at, body };
  try {
    return connection.sendEvent(event, payload);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    logError(`Event ${sequence} of ${sessionId} does not fit into a frame`, error);
    return connection.sendEvent({ ...event, body: { kind: 'dropped', bytes: payload.length } });
  }
}
