import type * as z from 'zod';
import type { Disposable } from '../platform/disposables.ts';

/** The part of a webview that a bridge uses. */
export interface Page {
  postMessage(message: unknown): Thenable<boolean>;
  onDidReceiveMessage(listener: (message: unknown) => void): Disposable;
}

/**
 * Typed messages with a page. Messages wait until the page says `ready`; a message of another shape is dropped and logged.
 * The schema of what a page may say is loaded with the first page: most windows have none.
 */
export class PageBridge<Outgoing, Incoming extends { readonly type: string }> implements Disposable {
  readonly #page: Page;
  readonly #subscription: Disposable;
  #waiting: Outgoing[] | undefined = [];
  #disposed = false;

  constructor(
    page: Page,
    schema: Promise<z.ZodType<Incoming>>,
    receive: (message: Incoming) => void,
    log: (message: string) => void,
  ) {
    this.#page = page;
    this.#subscription = page.onDidReceiveMessage(async (message) => {
      const parsed = (await schema).safeParse(message);
      if (this.#disposed) return;
      if (!parsed.success) {
        log(`The page sent an unknown message: ${parsed.error.message}`);
        return;
      }
      const waiting = parsed.data.type === 'ready' ? this.#waiting : undefined;
      if (waiting) this.#waiting = undefined;
      // The owner answers `ready` with everything there is; what waited speaks of it.
      receive(parsed.data);
      for (const message of waiting ?? []) this.#post(message);
    });
  }

  get ready(): boolean {
    return this.#waiting === undefined;
  }

  send(message: Outgoing): void {
    if (this.#waiting) this.#waiting.push(message);
    else this.#post(message);
  }

  /** VS Code ends a page that is hidden, and makes a new one when it is shown: messages wait for that. */
  hidden(): void {
    this.#waiting ??= [];
  }

  dispose(): void {
    this.#disposed = true;
    this.#subscription.dispose();
    this.#waiting = [];
  }

  #post(message: Outgoing): void {
    void this.#page.postMessage(message);
  }
}
