import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const MEBIBYTE = 1024 * 1024;

/** Resident memory of a process in MiB. */
export async function residentMemory(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

const LONGEST_WORD = 100;

/** A program that answers what is written to it. */
export class Echo {
  readonly #child: ChildProcess;
  #text = '';
  #waiting: { readonly word: string; readonly resolve: () => void } | undefined;

  constructor(program: string, args: readonly string[] = []) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      // Only the end matters: a word may be cut in two by the chunks.
      this.#text = this.#text.slice(-LONGEST_WORD) + chunk.toString('latin1');
      if (!this.#waiting || !this.#text.includes(this.#waiting.word)) return;
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve();
    });
  }

  /** Writes a line and waits until a word has come back behind it. */
  ask(line: string, word: string): Promise<void> {
    this.#text = '';
    return new Promise((resolve) => {
      this.#waiting = { word, resolve };
      this.#child.stdin?.write(`${line}\n`);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async close(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.stdin?.end();
    await closed;
  }
}

/** Runs a program to its end and reads all that it prints. @returns bytes */
export async function drain(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${program} ended with code ${child.exitCode}.`);
  return bytes;
}

/** Whether a program is on PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  );
}
