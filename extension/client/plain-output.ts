import { stripVTControlCharacters } from 'node:util';

/** Text behind the last line break that is held back, in the hope of its end. Characters. */
const MAX_HELD = 64 * 1024;

/** Turns output that comes in pieces into text without colours: nothing in it can move the cursor, hide or link. */
export class PlainOutput {
  readonly #decoder = new TextDecoder();
  #held = '';

  /** @returns what is whole so far: an escape sequence can go on in the next piece. */
  push(bytes: Uint8Array): string {
    const text = this.#held + this.#decoder.decode(bytes, { stream: true });
    const whole = text.lastIndexOf('\n') + 1 || (text.length > MAX_HELD ? text.length : 0);
    this.#held = text.slice(whole);
    return stripVTControlCharacters(text.slice(0, whole));
  }

  end(): string {
    const text = this.#held + this.#decoder.decode();
    this.#held = '';
    return stripVTControlCharacters(text);
  }
}
