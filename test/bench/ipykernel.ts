import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const venv = path.resolve(import.meta.dirname, '../../node_modules/.cache/holdfast-bench-venv');

/**
 * A Python that has ipykernel: the one that all contenders run, else a virtual environment of it that is made here. Undefined where
 * there is no pip.
 */
export async function findIpykernel(interpreter: string): Promise<string | undefined> {
  const own = path.join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  for (const candidate of [interpreter, own]) {
    if (candidate === own && !existsSync(own) && !(await makeVenv(interpreter, own))) return undefined;
    const found = await run(candidate, ['-c', 'import ipykernel, jupyter_client']).catch(() => undefined);
    if (found) return candidate;
  }
  return undefined;
}

async function makeVenv(interpreter: string, own: string): Promise<boolean> {
  process.stderr.write('Installing ipykernel into a virtual environment …\n');
  try {
    await run(interpreter, ['-m', 'venv', venv]);
    await run(own, ['-m', 'pip', 'install', '--quiet', 'ipykernel', 'jupyter_client']);
    return true;
  } catch (error) {
    process.stderr.write(`Without ipykernel: ${(error as Error).message}\n`);
    return false;
  }
}

/** Drives jupyter_client in a process of its own: one request a line, one number comes back. Times are in milliseconds. */
export class Ipykernel {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string) {
    this.#child = spawn(python, [path.join(import.meta.dirname, 'ipykernel_driver.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (!this.#child.stdout) throw new Error('No pipe.');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts so many kernels at once, waits for the first result of each, then ends them. */
  cold(count = 1): Promise<number> {
    return this.#ask({ do: 'cold', count });
  }

  /** Runs a cell in the kernel that is kept, until it is idle again. */
  run(code: string): Promise<number> {
    return this.#ask({ do: 'run', code });
  }

  /** Resident bytes of a new kernel. */
  memory(): Promise<number> {
    return this.#ask({ do: 'memory' });
  }

  /** Interrupts a cell that prints `inside`. @returns undefined when three interrupts did not end it. */
  async cancel(code: string): Promise<number | undefined> {
    const took = await this.#ask({ do: 'cancel', code });
    return took < 0 ? undefined : took;
  }

  async close(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.stdin?.end();
    await closed;
  }

  async #ask(request: object): Promise<number> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('The ipykernel driver ended.');
    return Number(value);
  }
}
