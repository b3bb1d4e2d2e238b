/** Unix milliseconds of what happens one after the other: a fraction tells those of one millisecond apart. */
export class Moments {
  #last = 0;

  now(): number {
    const now = Date.now();
    this.#last = Math.floor(this.#last) === now ? this.#last + 0.001 : now;
    return this.#last;
  }
}
