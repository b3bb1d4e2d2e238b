import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import net from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import lockfile from 'proper-lockfile';
import * as protocol from '../protocol/client/index.ts';
import {
  BackendEvent,
  HelloMethod,
  type Method,
  type ParamsOf,
  type ResultOf,
  StopMethod,
} from '../protocol/client/index.ts';
import { HoldfastError, ProtocolError } from '../protocol/errors.ts';
import { PROTOCOL_VERSION } from '../protocol/values.ts';
import { type Answer, Connection, type RequestOptions } from './connection.ts';
import { type BackendFile, StateFolder } from './state-folder.ts';
import { StreamTransport } from './transport.ts';

/**
 * Output passes through the backend in buffers that live for a moment. A small young generation is looked through often, so that
 * little of a flood stays behind as garbage (`npm run bench -- --only flood`). MiB.
 */
const YOUNG_GENERATION = '--max-semi-space-size=4';

const CONNECT_TIMEOUT_MS = 5_000;
const START_TIMEOUT_MS = 15_000;
/** A lock whose holder died is taken over after this time. */
const LOCK_STALE_MS = 5_000;

export interface ConnectOptions {
  /** Absolute path. Its real path decides which backend it is. */
  readonly workspace: string;
  /** Who connects: `vscode`, `cli`. Shown in history. */
  readonly client: string;
  /** Version of this package. A backend of another version is replaced as soon as it runs nothing. */
  readonly version: string;
  /** How to start a backend when there is none; null only looks for one. */
  readonly backend: { readonly executable: string; readonly entry: string; readonly env: NodeJS.ProcessEnv } | null;
  /** After this time without a client and without a running execution the backend exits. */
  readonly idleTimeoutSeconds: number;
  /**
   * Milliseconds in which nothing is read after the event loop was busy with reading for a while: for a process that has more to do.
   * Default 0.
   */
  readonly restMs?: number;
  readonly log?: (message: string) => void;
}

type Protocol = typeof protocol;
/** What a client may ask for, by the names of the exports. */
type MethodName = { [Name in keyof Protocol]: Protocol[Name] extends Method ? Name : never }[keyof Protocol];
type Methods = Pick<Protocol, MethodName>;
const methods: Methods = protocol;

/** A connection to a backend that has said hello. */
export class BackendClient {
  readonly hello: ResultOf<typeof HelloMethod>;
  readonly #connection: Connection;

  readonly #listeners: ((event: BackendEvent, payload: Uint8Array) => void)[] = [];

  constructor(connection: Connection, hello: ResultOf<typeof HelloMethod>) {
    this.#connection = connection;
    this.hello = hello;
    connection.onEvent((body, payload) => {
      const event = BackendEvent.safeParse(body);
      if (event.success) for (const listener of this.#listeners) listener(event.data, payload);
      else connection.close(new ProtocolError('malformed', `Unknown event: ${event.error.message}`));
    });
  }

  /** As `Connection.requestBytes`. */
  requestBytes<M extends Method>(method: M, params: ParamsOf<M>, options?: RequestOptions): Promise<Answer<M>> {
    return this.#connection.requestBytes(method, params, options);
  }

  /** As `Connection.request`. */
  request<M extends Method>(method: M, params: ParamsOf<M>, options?: RequestOptions): Promise<ResultOf<M>> {
    return this.#connection.request(method, params, options);
  }

  /**
   * As `request`, by the method's name in the protocol. Who calls so needs no schema: the editor loads them with its first
   * connection only.
   */
  call<Name extends MethodName>(
    name: Name,
    params: ParamsOf<Methods[Name]>,
    options?: RequestOptions,
  ): Promise<ResultOf<Methods[Name]>> {
    return this.request(methods[name], params, options);
  }

  /** As `call`, for a method whose answer carries bytes. */
  callForBytes<Name extends MethodName>(
    name: Name,
    params: ParamsOf<Methods[Name]>,
    options?: RequestOptions,
  ): Promise<Answer<Methods[Name]>> {
    return this.requestBytes(methods[name], params, options);
  }

  /** Adds a listener. An event of an unknown shape closes the connection: the two sides do not speak the same protocol. */
  onEvent(listener: (event: BackendEvent, payload: Uint8Array) => void): void {
    this.#listeners.push(listener);
  }

  onClose(listener: (reason: Error | null) => void): void {
    this.#connection.onClose(listener);
  }

  close(): void {
    this.#connection.close();
  }
}

/**
 * Connects to the workspace's backend, starting one when there is none. Two callers at once end with one backend.
 * @throws HoldfastError `not_found` when there is none and none may be started, `conflict` when one of another version is busy,
 *   `unavailable` when it cannot be started. The message is meant for a person.
 */
export async function connectBackend(options: ConnectOptions): Promise<BackendClient> {
  const folder = await StateFolder.of(options.workspace);
  const found = await connectExisting(folder, options);
  if (found) return found;
  if (!options.backend) throw new HoldfastError('not_found', `No Holdfast backend runs for ${options.workspace}.`);
  const unlock = await lock(folder);
  try {
    const other = await connectExisting(folder, options);
    if (other) return other;
    await startBackend(folder, options.backend, options);
    const started = await connectExisting(folder, options);
    if (started) return started;
    throw new HoldfastError('unavailable', `The Holdfast backend started and went away. Its log: ${folder.logFile}`);
  } finally {
    await unlock();
  }
}

/** Held while a backend is started or goes away, so that there is never a second one. @throws HoldfastError `timeout` */
export async function lock(folder: StateFolder): Promise<() => Promise<void>> {
  try {
    return await lockfile.lock(folder.path, {
      lockfilePath: folder.lockFile,
      stale: LOCK_STALE_MS,
      realpath: false,
      retries: { retries: 200, factor: 1, minTimeout: 50, maxTimeout: 100 },
      // A folder that was removed under us: the next request will say so.
      onCompromised: () => {},
    });
  } catch (error) {
    throw new HoldfastError('timeout', `Another process keeps the Holdfast backend locked: ${folder.lockFile}`, {
      cause: error,
    });
  }
}

/** @returns undefined when no backend answers: what it left behind is removed. */
async function connectExisting(folder: StateFolder, options: ConnectOptions): Promise<BackendClient | undefined> {
  const file = await folder.readBackendFile();
  if (file === undefined) return undefined;
  if (file === 'corrupt') {
    options.log?.(`${folder.backendFile} is damaged and is replaced.`);
    await folder.removeBackendFile(file);
    return undefined;
  }
  let client: BackendClient;
  try {
    client = await greet(file, options);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'timeout') throw hung(file);
    options.log?.(`The backend that ran as process ${file.pid} is gone: ${(error as Error).message}`);
    await folder.removeBackendFile(file);
    return undefined;
  }
  if (client.hello.version === options.version && client.hello.protocol === PROTOCOL_VERSION) return client;
  await replaceForeign(client, options);
  return undefined;
}

/** A process that still holds the socket but is stopped or stuck must not get a second one beside it. */
function hung(file: BackendFile): HoldfastError {
  return new HoldfastError(
    'timeout',
    `The Holdfast backend (process ${file.pid}) does not answer within ${CONNECT_TIMEOUT_MS / 1000} s. ` +
      'If it is stopped, let it go on; if it is stuck, end that process and try again.',
  );
}

async function greet(file: BackendFile, options: ConnectOptions): Promise<BackendClient> {
  const connection = new Connection(new StreamTransport(await openSocket(file.socket), undefined, options.restMs));
  connection.listen();
  try {
    const params = {
      protocol: PROTOCOL_VERSION,
      token: file.token,
      client: options.client,
      clientVersion: options.version,
    };
    const hello = await connection.request(HelloMethod, params, { deadline: CONNECT_TIMEOUT_MS });
    return new BackendClient(connection, hello);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function openSocket(address: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    const fail = (error: Error) => {
      socket.destroy();
      reject(new HoldfastError('closed', error.message, { cause: error }));
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      socket.destroy();
      reject(new HoldfastError('timeout', `No answer at ${address}.`));
    });
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** `hello` and `backend.stop` have the same shape in every version, so that versions can take over from each other. */
async function replaceForeign(client: BackendClient, options: ConnectOptions): Promise<void> {
  const { version, pid } = client.hello;
  const gone = new Promise<void>((resolve) => client.onClose(() => resolve()));
  try {
    await client.request(StopMethod, { whenIdle: true });
  } catch (error) {
    client.close();
    if (error instanceof HoldfastError && error.code === 'conflict') {
      throw new HoldfastError(
        'conflict',
        `The backend of Holdfast ${version} (process ${pid}) still runs code for this workspace. ` +
          `Holdfast ${options.version} takes over as soon as that has ended or is cancelled.`,
      );
    }
    throw error;
  }
  await gone;
  options.log?.(`Replaced the backend of version ${version}.`);
}

async function startBackend(
  folder: StateFolder,
  backend: NonNullable<ConnectOptions['backend']>,
  options: ConnectOptions,
): Promise<void> {
  const logFile = await open(folder.logFile, 'a', 0o600);
  const args = [
    YOUNG_GENERATION,
    backend.entry,
    '--workspace',
    folder.workspace,
    '--idle-timeout',
    String(options.idleTimeoutSeconds),
  ];
  const child = spawn(backend.executable, args, {
    cwd: folder.workspace,
    env: backend.env,
    detached: true,
    windowsHide: true,
    // fd 3 says `ready`, or why not, and closes.
    stdio: ['ignore', logFile.fd, logFile.fd, 'pipe'],
  });
  child.unref();
  const report = child.stdio[3] as Readable;
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  const timer = setTimeout(() => report.destroy(new Error('it was not ready in time.')), START_TIMEOUT_MS);
  try {
    const answer = await Promise.race([text(report), failed]);
    if (answer.trim() !== 'ready') throw new Error(answer.trim() || (await lastLines(folder.logFile)));
  } catch (error) {
    child.kill('SIGKILL');
    throw new HoldfastError('unavailable', `The Holdfast backend did not start: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    await logFile.close();
  }
}

async function lastLines(file: string): Promise<string> {
  const log = await readFile(file, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-5).join('\n') || 'it ended without a message.';
}
