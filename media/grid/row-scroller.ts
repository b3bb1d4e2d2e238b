import type { LitElement, ReactiveController } from 'lit';
import { type RowWindow, rowWindow, scrollTopOf } from './row-window.ts';

/** Knows which rows are in view in its host's `.scroller`, below its `.head`. The host draws again when that changes. */
export class RowScroller implements ReactiveController {
  readonly #host: LitElement;
  readonly #resized = new ResizeObserver(() => this.look());
  #top = 0;
  #height = 0;

  constructor(host: LitElement) {
    this.#host = host;
    host.addController(this);
  }

  /** Of the rows in view, in pixels. */
  get height(): number {
    return this.#height;
  }

  hostUpdated(): void {
    const scroller = this.#scroller;
    if (scroller) this.#resized.observe(scroller);
  }

  hostDisconnected(): void {
    this.#resized.disconnect();
  }

  readonly look = (): void => {
    const scroller = this.#scroller;
    if (!scroller) return;
    const height = scroller.clientHeight - (this.#host.renderRoot.querySelector('.head')?.clientHeight ?? 0);
    if (this.#top === scroller.scrollTop && this.#height === height) return;
    this.#top = scroller.scrollTop;
    this.#height = height;
    this.#host.requestUpdate();
  };

  /** The rows to draw of so many. */
  window(rows: number): RowWindow {
    return rowWindow(rows, this.#top, this.#height);
  }

  /** Scrolls as little as brings a row into view. */
  show(row: number, rows: number): void {
    const scroller = this.#scroller;
    if (scroller) scroller.scrollTop = scrollTopOf(row, rows, this.#top, this.#height);
  }

  get #scroller(): Element | null {
    return this.#host.renderRoot.querySelector('.scroller');
  }
}
