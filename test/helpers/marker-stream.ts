/** What a worker wrote to fd 1 or fd 2, cut at the markers of `Hello.marker`. Text is decoded after the cut. */
export class MarkerStream {
  readonly #pattern: RegExp;
  readonly #limit: number;
  readonly #texts = new Map<string | null, string>();
  readonly #ended = new Set<string>();
  readonly #waiting = new Map<string, (() => void)[]>();
  #rest = '';
  #current: string | null = null;

  /** @param limit characters kept for each execution; the rest is counted in the stream only by the pipe's backpressure. */
  constructor(marker: string, limit = 64 * 1024 * 1024) {
    this.#pattern = new RegExp(`\\0\\x1e${marker}:(start|end|sync):([0-9a-z-]+)\\x1e`);
    this.#limit = limit;
  }

  push(text: string): void {
    this.#rest += text;
    for (;;) {
      const match = this.#pattern.exec(this.#rest);
      if (!match) break;
      this.#keep(this.#rest.slice(0, match.index));
      this.#rest = this.#rest.slice(match.index + match[0].length);
      const [, edge, executionId] = match as unknown as [string, 'start' | 'end' | 'sync', string];
      if (edge === 'start') this.#current = executionId;
      else if (edge === 'end') this.#end(executionId);
    }
    // A NUL may be the beginning of a marker whose rest has not come yet.
    const open = this.#rest.lastIndexOf('\0');
    const complete = open === -1 || this.#rest.length - open > 256 ? this.#rest.length : open;
    this.#keep(this.#rest.slice(0, complete));
    this.#rest = this.#rest.slice(complete);
  }

  #keep(text: string): void {
    if (text === '') return;
    const before = this.#texts.get(this.#current) ?? '';
    this.#texts.set(this.#current, (before + text).slice(0, this.#limit));
  }

  #end(executionId: string): void {
    this.#current = null;
    this.#ended.add(executionId);
    for (const resolve of this.#waiting.get(executionId) ?? []) resolve();
    this.#waiting.delete(executionId);
  }

  /** The text of one execution; null: what was written between executions. */
  text(executionId: string | null): string {
    return this.#texts.get(executionId) ?? '';
  }

  /** Settles once the end marker of the execution has come. */
  ended(executionId: string): Promise<void> {
    if (this.#ended.has(executionId)) return Promise.resolve();
    return new Promise((resolve) =>
      this.#waiting.set(executionId, [...(this.#waiting.get(executionId) ?? []), resolve]),
    );
  }
}
