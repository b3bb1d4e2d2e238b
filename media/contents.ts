import { onMessage, post } from './bridge.ts';

/** Bytes of forms that the page keeps: what was used longest ago goes first. */
const MAX_BYTES = 64 * 1024 * 1024;

interface Wanted {
  readonly promise: Promise<Uint8Array | null>;
  readonly settle: (data: Uint8Array | null) => void;
}

/** The forms of shown values, asked for when they come into view. */
class Contents {
  readonly #known = new Map<string, Uint8Array>();
  readonly #wanted = new Map<string, Wanted>();
  #bytes = 0;

  constructor() {
    onMessage((message) => {
      if (message.type === 'content') this.#receive(`${message.key} ${message.mime}`, message.data);
    });
  }

  /** The bytes of a form, at once when the page has them; null when the extension does not keep them any more. */
  get(id: string, key: number, mime: string): Uint8Array | Promise<Uint8Array | null> {
    const name = `${key} ${mime}`;
    const known = this.#known.get(name);
    if (known) {
      this.#known.delete(name);
      this.#known.set(name, known);
      return known;
    }
    const wanted = this.#wanted.get(name);
    if (wanted) return wanted.promise;
    const { promise, resolve } = Promise.withResolvers<Uint8Array | null>();
    this.#wanted.set(name, { promise, settle: resolve });
    post({ type: 'content', id, key, mime });
    return promise;
  }

  #receive(name: string, data: Uint8Array | null): void {
    const wanted = this.#wanted.get(name);
    this.#wanted.delete(name);
    if (data) {
      this.#known.set(name, data);
      this.#bytes += data.length;
      for (const [oldest, { length }] of this.#known) {
        if (this.#bytes <= MAX_BYTES) break;
        this.#known.delete(oldest);
        this.#bytes -= length;
      }
    }
    wanted?.settle(data);
  }
}

export const contents = new Contents();
