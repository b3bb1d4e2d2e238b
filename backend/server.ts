import { timingSafeEqual } from 'node:crypto';
import net from 'node:net';
import { Announcer } from './announcer.ts';
import type { DurablePromises } from './durable/durable-promises.ts';
import type { ExecutionHistory } from './durable/execution-history.ts';
import type { PromptRecords } from './durable/prompt-records.ts';
import { log, logError } from './log.ts';
import type { Machines } from './machines/machines.ts';
import { registerMethods } from './methods.ts';
import { type BackendStatus, HelloMethod, StopMethod } from './protocol/client/index.ts';
import { HoldfastError, ProtocolError } from './protocol/errors.ts';
import { PROTOCOL_VERSION } from './protocol/values.ts';
import { Connection } from './rpc/connection.ts';
import { StreamTransport } from './rpc/transport.ts';
import { Sessions } from './sessions/sessions.ts';
import { VERSION } from './version.ts';

/** A connection that has not said hello by then is closed. */
const HELLO_TIMEOUT_MS = 10_000;

export interface ServerOptions {
  readonly workspace: string;
  readonly token: string;
  /** Absolute path of the built workers. */
  readonly workers: string;
  /** Absolute path of the folder for the sessions' output. */
  readonly output: string;
  /** Absolute path of the workspace's state folder. */
  readonly stateFolder: string;
  /** Absolute path of the folder for checkpoints. */
  readonly checkpoints: string;
  readonly promises: DurablePromises;
  readonly prompts: PromptRecords;
  /** Absolute path of the folder for the values of steps. */
  readonly steps: string;
  readonly history: ExecutionHistory;
  readonly machines: Machines;
  /** Absolute path of the file that remembers what interpreters said of themselves. */
  readonly answers: string;
  /** Absolute path of the file that tells a later backend of the sessions. */
  readonly records: string;
  readonly logFile: string;
  /** Told when clients or executions come and go. */
  readonly activity: () => void;
  /** A client asked the backend to end. */
  readonly stop: () => void;
}

/** Lets clients in that know the token, and gives them the sessions. */
export class Server {
  readonly sessions: Sessions;
  readonly #options: ServerOptions;
  readonly #net: net.Server;
  readonly #announcer = new Announcer();
  /** Connections that have said hello. */
  readonly #clients = new Set<Connection>();
  readonly #startedAt = Date.now();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.sessions = new Sessions(options, {
      changed: (session) => {
        this.#announcer.changed(session);
        options.activity();
      },
      removed: (sessionId) => {
        this.#announcer.removed(sessionId);
        options.activity();
      },
      grantsChanged: (grants) => this.#announcer.grantsChanged(grants),
      checkpointsChanged: () => this.#announcer.checkpointsChanged(),
      stepsChanged: () => this.#announcer.stepsChanged(),
    });
    options.promises.onChanged = (durability) => this.#announcer.durabilityChanged(durability);
    this.#net = net.createServer((socket) => this.#accept(socket));
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** @param address a socket's path or a pipe's name */
  listen(address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#net.once('error', reject);
      this.#net.listen(address, resolve);
    });
  }

  /** Ends every session, then every connection. */
  async close(): Promise<void> {
    this.#net.close();
    await this.sessions.close();
    await this.#options.promises.close();
    for (const connection of this.#clients) connection.close();
  }

  #accept(socket: net.Socket): void {
    const connection = new Connection(new StreamTransport(socket));
    connection.onInternalError = (error) => logError('A request failed', error);
    const timer = setTimeout(() => connection.close(new HoldfastError('timeout', 'No hello.')), HELLO_TIMEOUT_MS);
    connection.onClose((reason) => {
      clearTimeout(timer);
      if (reason instanceof ProtocolError) log(`A connection was closed: ${reason.message}`);
    });
    connection.handle(HelloMethod, ({ token, client, protocol }) => {
      if (!this.#isToken(token)) {
        log(`A client that calls itself ${JSON.stringify(client)} was refused: it has the wrong token.`);
        // The refusal goes out first.
        setImmediate(() => connection.close());
        throw new HoldfastError('unauthorized', 'This is not the token of this backend.');
      }
      clearTimeout(timer);
      this.#welcome(connection, client, protocol);
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

  /** @param protocol of the client: one that speaks another version may only ask the backend to stop. */
  #welcome(connection: Connection, client: string, protocol: number): void {
    this.#clients.add(connection);
    connection.onClose(() => {
      this.#clients.delete(connection);
      this.#options.activity();
    });
    connection.handle(StopMethod, ({ whenIdle }) => this.#stop(whenIdle));
    if (protocol === PROTOCOL_VERSION) {
      this.#announcer.add(connection);
      registerMethods(connection, {
        sessions: this.sessions,
        promises: this.#options.promises,
        machines: this.#options.machines,
        history: this.#options.history,
        client,
        status: () => this.#status(),
      });
    }
    this.#options.activity();
  }

  #status(): BackendStatus {
    return {
      durability: this.#options.promises.status,
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
      auditFile: this.sessions.security.audit.file,
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
}
