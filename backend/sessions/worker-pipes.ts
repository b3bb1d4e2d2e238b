import { execFile } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { log, logError } from '../log.ts';
import { processExists } from '../process-exists.ts';

const MKFIFO_TIMEOUT_MS = 5_000;
const NAMES = ['stdout', 'stderr'] as const;
/** Whose it is stands behind it. */
const FOLDER = 'holdfast-pipes-';

const run = promisify(execFile);

/** Folders that are there for the moment in which pipes are made. */
const folders = new Set<string>();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** File descriptors of one pipe. Both are the taker's to close. */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

export interface OutputPipes {
  readonly stdout: Pipe;
  readonly stderr: Pipe;
}

/**
 * Makes the pipes for a worker's output. Node's own are sockets, which a program cannot open again as `/dev/stdout` and
 * `/dev/stderr`; named pipes it can. They lose their names before anybody can learn them. Making one pair runs a program (4 ms),
 * so the next pair can be made before it is needed.
 */
export class OutputPipeMaker {
  readonly #mkfifo: string;
  #spare: Promise<OutputPipes | null> | undefined;
  #missing = process.platform === 'win32';

  /** @param mkfifo a name on PATH, or a path */
  constructor(mkfifo = 'mkfifo') {
    this.#mkfifo = mkfifo;
  }

  /** Makes the next pair ahead. What processes left that were killed while they made theirs is deleted. */
  prepare(): void {
    removeLeft(os.tmpdir()).catch((error) => logError('Folders of pipes could not be deleted', error));
    this.#spare ??= this.#make();
  }

  /** @returns null when the system cannot make any: Node's sockets have to do. */
  take(): Promise<OutputPipes | null> {
    const pipes = this.#spare ?? this.#make();
    this.#spare = undefined;
    return pipes;
  }

  async #make(): Promise<OutputPipes | null> {
    if (this.#missing) return null;
    let folder: string | undefined;
    try {
      folder = mkdtempSync(path.join(os.tmpdir(), `${FOLDER}${process.pid}-`));
      folders.add(folder);
      const files = NAMES.map((name) => path.join(folder ?? '', name));
      await run(this.#mkfifo, ['-m', '600', ...files], { timeout: MKFIFO_TIMEOUT_MS, killSignal: 'SIGKILL' });
      return openBoth(files);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#missing = code === 'ENOENT' || code === 'EACCES';
      log(`Programs cannot open /dev/stdout and /dev/stderr: no named pipes could be made (${message.trim()}).`);
      return null;
    } finally {
      if (folder) {
        await rm(folder, { recursive: true, force: true });
        folders.delete(folder);
      }
    }
  }
}

async function removeLeft(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const pid = name.startsWith(FOLDER) ? Number.parseInt(name.slice(FOLDER.length), 10) : Number.NaN;
    if (pid > 0 && !processExists(pid)) await rm(path.join(temporary, name), { recursive: true, force: true });
  }
}

/** The pipes of this process's workers. */
export const outputPipes = new OutputPipeMaker();

export function closePipes(pipes: OutputPipes | null, ends: readonly (keyof Pipe)[] = ['readEnd', 'writeEnd']): void {
  if (!pipes) return;
  for (const name of NAMES) for (const end of ends) closeSync(pipes[name][end]);
}

function openBoth([stdout = '', stderr = '']: readonly string[]): OutputPipes {
  const opened = openPipe(stdout);
  try {
    return { stdout: opened, stderr: openPipe(stderr) };
  } catch (error) {
    closeSync(opened.readEnd);
    closeSync(opened.writeEnd);
    throw error;
  }
}

/** The end to read first, and without blocking: otherwise each end waits for the other to be opened. */
function openPipe(file: string): Pipe {
  const readEnd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return { readEnd, writeEnd: openSync(file, constants.O_WRONLY) };
  } catch (error) {
    closeSync(readEnd);
    throw error;
  }
}
