import { timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { log, logError } from '../log.ts';
import { HoldfastError, ProtocolError } from '../protocol/errors.ts';
import { MachineHello, StartWorker } from '../protocol/machine.ts';
import { type LanguageId, PROTOCOL_VERSION } from '../protocol/values.ts';
import { VERSION } from '../version.ts';
import { languageById } from '../workers/index.ts';
import type { Identity } from './certificate.ts';
import { HostedWorker } from './hosted-worker.ts';
import { Line } from './line.ts';

/** A connection that has not said the token by then is closed. */
const HELLO_TIMEOUT_MS = 10_000;
/** Connections that have not said it yet. What each may send before it has is bounded by one frame. */
const MAX_STRANGERS = 8;
const MAX_WORKERS = 100;

export interface MachineHostOptions {
  readonly identity: Identity;
  readonly token: string;
  /** Where code runs. Absolute path. */
  readonly workspace: string;
  /** Absolute path of the built workers. */
  readonly workers: string;
  readonly env: NodeJS.ProcessEnv;
  /** Paths or commands; without one it is searched for. */
  readonly interpreters: Readonly<Partial<Record<LanguageId, string | undefined>>>;
}

/** Lets backends in that know the token, and starts a worker for each connection. A worker goes with its connection. */
export class MachineHost {
  readonly #options: MachineHostOptions;
  readonly #server: tls.Server;
  readonly #lines = new Set<Line<never>>();
  #strangers = 0;
  #workers = 0;

  constructor(options: MachineHostOptions) {
    this.#options = options;
    const { key, certificate } = options.identity;
    const secure = { key, cert: certificate, minVersion: 'TLSv1.3', handshakeTimeout: HELLO_TIMEOUT_MS } as const;
    this.#server = tls.createServer(secure, (socket) => this.#accept(socket));
    // Whoever does not speak TLS: nothing is to be said to them.
    this.#server.on('tlsClientError', () => {});
  }

  /** @returns the port, which the system has chosen when it was 0. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every worker. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const line of this.#lines) line.cut(new Error('the machine was stopped'));
    await closed;
  }

  #accept(socket: tls.TLSSocket): void {
    socket.on('error', () => {
      // The line is told by the end of the stream.
    });
    if (this.#strangers >= MAX_STRANGERS) {
      socket.destroy();
      return;
    }
    const line = new Line<never>(socket);
    const { connection } = line;
    connection.onInternalError = (error) => logError('A request failed', error);
    this.#lines.add(line);
    this.#strangers++;
    let known = false;
    const timer = setTimeout(() => line.cut(new HoldfastError('timeout', 'No hello.')), HELLO_TIMEOUT_MS);
    connection.onClose((reason) => {
      clearTimeout(timer);
      this.#lines.delete(line);
      if (!known) this.#strangers--;
      if (reason instanceof ProtocolError) log(`A connection was closed: ${reason.message}`);
    });
    connection.handle(MachineHello, ({ protocol, version, token }) => {
      if (!this.#isToken(token)) {
        log(`A connection from ${socket.remoteAddress} was refused: it has the wrong token.`);
        setImmediate(() => connection.close());
        throw new HoldfastError('unauthorized', 'This is not the token of that machine.');
      }
      if (protocol !== PROTOCOL_VERSION || version !== VERSION) {
        setImmediate(() => connection.close());
        throw new HoldfastError('version', `It has Holdfast ${VERSION} and not ${version}: install the same on both.`);
      }
      if (known) throw new HoldfastError('conflict', 'That has been said.');
      clearTimeout(timer);
      this.#strangers--;
      known = true;
      let asked = false;
      connection.handle(StartWorker, async ({ language }) => {
        if (asked) throw new HoldfastError('conflict', 'This connection has its worker.');
        asked = true;
        return await this.#start(line, language);
      });
      return {};
    });
    connection.listen();
  }

  async #start(line: Line<never>, id: LanguageId) {
    if (this.#workers >= MAX_WORKERS) throw new HoldfastError('unavailable', `It runs ${MAX_WORKERS} workers already.`);
    this.#workers++;
    line.connection.onClose(() => this.#workers--);
    const { workspace, workers, env, interpreters } = this.#options;
    const language = languageById(id);
    const interpreter = await language.find({ configured: interpreters[id] ?? null, workspace, env });
    if (line.connection.closed) throw new HoldfastError('closed', 'Nobody waits for it any more.');
    new HostedWorker(line, language.command(interpreter, workers, env), workspace);
    const { path, version, origin } = interpreter;
    return { interpreter: { path, version, origin }, cwd: workspace };
  }

  #isToken(token: string): boolean {
    const given = Buffer.from(token);
    const own = Buffer.from(this.#options.token);
    return given.length === own.length && timingSafeEqual(given, own);
  }
}
