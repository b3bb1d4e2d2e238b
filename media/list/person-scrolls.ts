/** Scrolling that comes so soon after a wheel, a key or a touch is theirs: lists glide on. */
const LASTS_MS = 1000;

/** Tells whether a person has a hand on an element, so that what scrolls in it does so because of them. */
export class PersonScrolls {
  #last = Number.NEGATIVE_INFINITY;
  /** A button is down, as on a scroll bar, which tells of nothing else. */
  #held = false;

  constructor(element: HTMLElement) {
    for (const type of ['wheel', 'touchmove', 'keydown', 'focusin']) {
      element.addEventListener(type, () => this.#note(), { passive: true });
    }
    element.addEventListener('pointerdown', () => {
      this.#held = true;
    });
    for (const type of ['pointermove', 'pointerup', 'pointercancel'] as const) {
      element.addEventListener(type, ({ buttons }) => {
        if (this.#held) this.#note();
        this.#held = buttons !== 0;
      });
    }
  }

  get now(): boolean {
    return this.#held || performance.now() - this.#last < LASTS_MS;
  }

  #note(): void {
    this.#last = performance.now();
  }
}
