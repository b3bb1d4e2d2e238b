import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Disposable } from './disposables.ts';
import { EagerThrottle } from './throttle.ts';

const WRITE_MS = 200;

/**
 * What a window keeps for the one that comes after it, by name. A file and not VS Code's own memory: in a browser that is written
 * every few seconds, and not when the page is loaded again.
 */
export class KeptFile implements Disposable {
  readonly #file: string;
  readonly #log: (message: string) => void;
  readonly #written = new Map<string, unknown>();
  readonly #write = new EagerThrottle(WRITE_MS, () => this.#save());
  #earlier: Readonly<Record<string, unknown>> | undefined;
  #dirty = false;

  /** @param file absolute path; neither it nor its folder need be there */
  constructor(file: string, log: (message: string) => void) {
    this.#file = file;
    this.#log = log;
  }

  /** What an earlier window has kept, whatever its version; undefined when it has not. */
  read(name: string): unknown {
    this.#earlier ??= this.#load();
    return this.#earlier[name];
  }

  write(name: string, value: unknown): void {
    this.#written.set(name, value);
    this.#dirty = true;
    this.#write.request();
  }

  dispose(): void {
    this.#write.dispose();
    this.#save();
  }

  #load(): Readonly<Record<string, unknown>> {
    try {
      const content: unknown = JSON.parse(readFileSync(this.#file, 'utf8'));
      return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {};
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#log(`${this.#file} is not read: ${error}`);
      return {};
    }
  }

  /** At once: when the window closes nobody waits. What this window has not written yet stays for the next. */
  #save(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#earlier ??= this.#load();
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      const draft = `${this.#file}.${process.pid}`;
      writeFileSync(draft, JSON.stringify({ ...this.#earlier, ...Object.fromEntries(this.#written) }));
      renameSync(draft, this.#file);
    } catch (error) {
      this.#log(`${this.#file} is not written: ${error}`);
    }
  }
}
