import { open } from 'node:fs/promises';
import { logError } from '../log.ts';
import { WarmWorker } from './warm-worker.ts';
import type { WorkerProcess } from './worker-process.ts';
import { keyOf, type WorkerSpec } from './worker-spec.ts';

/**
 * A worker that is started beside the question that its interpreter is asked: most often the answer is that it was the right one,
 * and the two take as long as one.
 */
export class EarlyWorker {
  readonly #specOf: (executable: string) => WorkerSpec;
  #beginning: Promise<void> | undefined;
  #warm: WarmWorker | undefined;
  #key = '';
  #over = false;

  /** @param specOf what to start for an interpreter */
  constructor(specOf: (executable: string) => WorkerSpec) {
    this.#specOf = specOf;
  }

  /**
   * An interpreter is being asked. Only the first one is tried, and no script: it stands for another program. Settles when its
   * worker has been started, or will not be.
   */
  async begin(executable: string): Promise<void> {
    this.#beginning ??= this.#begin(executable).catch((error) => logError('No worker could be started early', error));
    await this.#beginning;
  }

  /** The answer is there. @returns the worker when it is what would be started now; its taker calls `adopt` at once. */
  take(spec: WorkerSpec): WorkerProcess | undefined {
    this.#over = true;
    const warm = this.#warm;
    this.#warm = undefined;
    if (!warm) return undefined;
    if (warm.usable && keyOf({ ...spec, watched: [] }) === this.#key) return warm.process;
    void warm.kill();
    return undefined;
  }

  /** There is nobody to take it. */
  end(): void {
    this.#over = true;
    void this.#warm?.kill();
    this.#warm = undefined;
  }

  async #begin(executable: string): Promise<void> {
    if ((await beginningOf(executable)) === '#!' || this.#over) return;
    const spec = { ...this.#specOf(executable), watched: [] };
    this.#key = keyOf(spec);
    // A failure shows when it is taken: then it is of no use.
    this.#warm = new WarmWorker(spec, { heartbeat: () => {}, failed: () => {} });
  }
}

async function beginningOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(2), position: 0 });
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
