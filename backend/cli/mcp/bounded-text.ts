/** The beginning and the end of a text that may be long: at most `limit` characters, and how many are left out between. */
export class BoundedText {
  readonly #half: number;
  #head = '';
  #tail = '';
  #cut = 0;

  constructor(limit: number) {
    this.#half = Math.floor(limit / 2);
  }

  append(text: string): void {
    const room = this.#half - this.#head.length;
    this.#head += text.slice(0, room);
    const rest = this.#tail + text.slice(room);
    this.#tail = rest.slice(-this.#half);
    this.#cut += rest.length - this.#tail.length;
  }

  toString(): string {
    return this.#cut === 0
      ? this.#head + this.#tail
      : `${this.#head}\n… ${this.#cut} characters left out …\n${this.#tail}`;
  }
}
