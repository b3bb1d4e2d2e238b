import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const venv = path.resolve(import.meta.dirname, '../../node_modules/.cache/holdfast-bench-venv');

/** A Python that has ipykernel: one on PATH, else a virtual environment that is made for it. Undefined where there is no pip. */
export async function findIpykernel(): Promise<string | undefined> {
  const own = path.join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  for (const candidate of ['python3', own]) {
    if (candidate === own && !existsSync(own) && !(await makeVenv())) return undefined;
    const found = await run(candidate, ['-c', 'import ipykernel, jupyter_client; print(ipykernel.__version__)']).catch(
      () => undefined,
    );
    if (found) return candidate;
  }
  return undefined;
}

async function makeVenv(): Promise<boolean> {
  process.stderr.write('Installing ipykernel into a virtual environment …\n');
  try {
    await run('python3', ['-m', 'venv', venv]);
    await run(path.join(venv, 'bin/python'), ['-m', 'pip', 'install', '--quiet', 'ipykernel', 'jupyter_client']);
    return true;
  } catch (error) {
    process.stderr.write(`Without ipykernel: ${(error as Error).message}\n`);
    return false;
  }
}

/** Drives jupyter_client in a process of its own: one request a line, the milliseconds it took come back. */
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

  /** Starts a kernel and waits for its first result, then ends it. */
  cold(): Promise<number> {
    return this.#ask('cold');
  }

  /** Sends a cell to the kernel that is kept and waits for its end. */
  warm(): Promise<number> {
    return this.#ask('warm');
  }

  async close(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.stdin?.end();
    await closed;
  }

  async #ask(what: string): Promise<number> {
    this.#child.stdin?.write(`${what}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('The ipykernel driver ended.');
    return Number(value);
  }
}
