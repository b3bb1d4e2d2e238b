import type { Progress } from '../protocol/progress.ts';
import { progressText } from '../protocol/progress-text.ts';
import { plain } from './plain.ts';

/** The last line of a terminal, on which a bar moves. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #shown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** @param free whether nothing else stands on that line. */
  show(bar: Progress, free: boolean): void {
    if (!this.#stream.isTTY || !(free || this.#shown)) return;
    const text = [...plain(progressText(bar))].slice(0, (this.#stream.columns ?? 80) - 1).join('');
    this.#stream.write(`\r\x1b[K${text}`);
    this.#shown = true;
  }

  /** Before anything else is written. */
  clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#stream.write('\r\x1b[K');
  }
}
