import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { dist } from './backend.ts';

/** A `holdfast worker` in a folder of its own. */
export class TestMachine {
  readonly folder: string;
  /** `host:port` */
  readonly address: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, address: string, child: ChildProcess) {
    this.folder = folder;
    this.address = address;
    this.#child = child;
  }

  /** Settles when it takes sessions. */
  static async start(group: string, ip: string, env: Readonly<Record<string, string>>): Promise<TestMachine> {
    const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'hf-machine-')));
    // Elsewhere there is only the one address.
    const own = process.platform === 'linux' ? ip : '127.0.0.1';
    const args = ['worker', '--group', group, '--listen', `${own}:0`, '--workspace', folder];
    const child = spawn(process.execPath, [path.join(dist, 'cli.js'), ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout as Readable, 'data')) as [Buffer];
    const address = /at (\S+),/.exec(line.toString())?.[1] ?? '';
    return new TestMachine(folder, address, child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill(signal);
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
