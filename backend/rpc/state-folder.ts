import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { HoldfastError } from '../protocol/errors.ts';
import { BACKEND_FILE, statePlace } from './state-place.ts';

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, with the closing zero. */
const MAX_SOCKET_PATH_BYTES = 103;

/** What a running backend tells its clients, in a file that only its user can read. */
export const BackendFile = z.strictObject({
  pid: z.int().positive(),
  socket: z.string().min(1),
  token: z.string().regex(/^[0-9a-f]{64}$/),
  version: z.string(),
});
export type BackendFile = z.infer<typeof BackendFile>;

/** The folder in which the backend of one workspace keeps its state. Mode 0700. */
export class StateFolder {
  readonly path: string;
  /** The workspace's real path. */
  readonly workspace: string;

  private constructor(folder: string, workspace: string) {
    this.path = folder;
    this.workspace = workspace;
  }

  /**
   * Finds and makes the folder of a workspace: below `HOLDFAST_STATE_DIR` when that is set, else below the user's data folder.
   * @throws HoldfastError `unavailable` when the workspace does not exist or the folder cannot be written.
   */
  static async of(workspace: string, env: NodeJS.ProcessEnv = process.env): Promise<StateFolder> {
    const real = await realpath(workspace).catch((error: NodeJS.ErrnoException) => {
      throw new HoldfastError('unavailable', `The workspace folder ${workspace} cannot be opened (${error.code}).`);
    });
    const folder = statePlace(real, env);
    try {
      await makePrivateFolder(folder);
    } catch (error) {
      if (error instanceof HoldfastError) throw error;
      throw new HoldfastError(
        'unavailable',
        `Holdfast cannot use its state folder ${folder} (${(error as NodeJS.ErrnoException).code}). ` +
          'Make it writable, or set HOLDFAST_STATE_DIR to a folder that is.',
        { cause: error },
      );
    }
    return new StateFolder(folder, real);
  }

  get backendFile(): string {
    return path.join(this.path, BACKEND_FILE);
  }

  get lockFile(): string {
    return path.join(this.path, 'backend.lock');
  }

  /** Where the sessions of a running backend keep what was printed. */
  get outputFolder(): string {
    return path.join(this.path, 'output');
  }

  /** Durable promises. */
  get promisesFolder(): string {
    return path.join(this.path, 'promises');
  }

  /** Where durable promises are kept, without what opens it. */
  get storageFile(): string {
    return path.join(this.path, 'storage.json');
  }

  /** Values of executions. */
  get valuesFolder(): string {
    return path.join(this.path, 'values');
  }

  /** Copies of namespaces. */
  get checkpointsFolder(): string {
    return path.join(this.path, 'checkpoints');
  }

  /** The sessions, for a backend that comes later. */
  get sessionsFile(): string {
    return path.join(this.path, 'sessions.json');
  }

  /** Values of the finished steps of programs. */
  get stepsFolder(): string {
    return path.join(this.path, 'steps');
  }

  /** What interpreters said of themselves. */
  get answersFile(): string {
    return path.join(this.path, 'interpreters.json');
  }

  get logFile(): string {
    return path.join(this.path, 'backend.log');
  }

  /**
   * @returns undefined when there is no file, `corrupt` when there is one that does not hold what it should.
   */
  async readBackendFile(): Promise<BackendFile | 'corrupt' | undefined> {
    let text: string;
    try {
      text = await readFile(this.backendFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      return 'corrupt';
    }
    try {
      return BackendFile.parse(JSON.parse(text));
    } catch {
      return 'corrupt';
    }
  }

  /** Puts the file in place at once, never half written. */
  async writeBackendFile(content: BackendFile): Promise<void> {
    const draft = `${this.backendFile}.${randomBytes(4).toString('hex')}`;
    await writeFile(draft, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
    await rename(draft, this.backendFile).catch(async (error) => {
      await rm(draft, { force: true });
      throw error;
    });
  }

  /** Removes the file and the socket of a backend that is gone, unless another one's file is there by now. */
  async removeBackendFile(content: BackendFile | 'corrupt'): Promise<void> {
    const current = await this.readBackendFile();
    const same = current === 'corrupt' || (current && content !== 'corrupt' && current.token === content.token);
    if (same) await rm(this.backendFile, { force: true, recursive: true });
    if (content !== 'corrupt' && process.platform !== 'win32') await removeSocket(content.socket);
  }

  /**
   * A new address to listen on: a pipe name on Windows, else a socket in this folder, or in a private folder of the system's
   * temporary folder when this one's path is too long for a socket.
   * @throws HoldfastError `unavailable` when both are too long.
   */
  async newSocketPath(): Promise<string> {
    const name = randomBytes(4).toString('hex');
    if (process.platform === 'win32') return `\\\\.\\pipe\\holdfast-${path.basename(this.path)}-${name}`;
    const here = path.join(this.path, `${name}.sock`);
    if (Buffer.byteLength(here) <= MAX_SOCKET_PATH_BYTES) return here;
    const folder = path.join(os.tmpdir(), `holdfast-${os.userInfo().uid}`);
    const there = path.join(folder, `${name}.sock`);
    if (Buffer.byteLength(there) > MAX_SOCKET_PATH_BYTES) {
      throw new HoldfastError(
        'unavailable',
        `Neither ${this.path} nor ${os.tmpdir()} is short enough to hold a socket (${MAX_SOCKET_PATH_BYTES} bytes). ` +
          'Set HOLDFAST_STATE_DIR to a shorter path.',
      );
    }
    await makePrivateFolder(folder);
    return there;
  }
}

async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return;
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== os.userInfo().uid) {
    throw new HoldfastError(
      'unavailable',
      `${folder} belongs to somebody else. Set HOLDFAST_STATE_DIR to a folder of yours.`,
    );
  }
  if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
}

/** Only a socket is removed: the file that names it may have been tampered with. */
async function removeSocket(socket: string): Promise<void> {
  const found = await lstat(socket).catch(() => undefined);
  if (found?.isSocket()) await rm(socket, { force: true });
}
