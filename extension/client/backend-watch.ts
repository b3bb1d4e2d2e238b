import { type Stats, unwatchFile, watchFile } from 'node:fs';
import type { Disposable } from '../platform/disposables.ts';

/** Between two looks: the folder may not be there yet, so the system cannot be asked to tell. */
const INTERVAL_MS = 2_000;

/** Notices that another window, or the command line, has started a backend for the workspace. */
export class BackendWatch implements Disposable {
  readonly #appeared: () => void;
  #file: string | undefined;
  #disposed = false;

  constructor(appeared: () => void) {
    this.#appeared = appeared;
  }

  /** @param workspace absolute path; nothing is watched when it is not there. */
  async start(workspace: string): Promise<void> {
    const { backendFileOf } = await import('../../backend/rpc/state-place.ts');
    const file = await backendFileOf(workspace).catch(() => undefined);
    if (file === undefined || this.#disposed) return;
    this.#file = file;
    watchFile(file, { interval: INTERVAL_MS, persistent: false }, this.#look);
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#file !== undefined) unwatchFile(this.#file, this.#look);
  }

  readonly #look = ({ mtimeMs }: Stats): void => {
    if (mtimeMs > 0) this.#appeared();
  };
}
