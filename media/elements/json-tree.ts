import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { PageWords } from '../words.ts';
import styles from './json-tree.css';

/** Children that are drawn at first, and with each “more”. */
const PAGE = 100;
const MAX_TEXT = 2_000;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A value of JSON. Its children are drawn when it is opened. */
export class JsonTree extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = {
    name: { attribute: false },
    value: { attribute: false },
    words: { attribute: false },
    open: { attribute: false },
    shown: { state: true },
  };

  declare name: string | undefined;
  declare value: Json;
  declare words: PageWords;
  declare open: boolean;
  declare shown: number;

  constructor() {
    super();
    this.name = undefined;
    this.open = false;
    this.shown = PAGE;
  }

  override render(): TemplateResult {
    const { value, open } = this;
    if (typeof value !== 'object' || value === null) return html`<div class="leaf">${this.#name()}${leaf(value)}</div>`;
    return html`<details ?open=${open} @toggle=${this.#toggle}>
      <summary>${this.#name()}<span class="hint">${hint(value)}</span></summary>
      ${open ? this.#children(value) : nothing}
    </details>`;
  }

  #children(value: Json[] | { [name: string]: Json }): TemplateResult {
    const names = Object.keys(value).slice(0, this.shown);
    const left = sizeOf(value) - names.length;
    return html`<div class="children">
      ${repeat(
        names,
        (name) => name,
        (name) =>
          html`<holdfast-json
            .name=${name}
            .value=${Object.getOwnPropertyDescriptor(value, name)?.value as Json}
            .words=${this.words}
          ></holdfast-json>`,
      )}
      ${left > 0 ? html`<button @click=${this.#more}>${this.words.moreItems.replace('{0}', left.toLocaleString())}</button>` : nothing}
    </div>`;
  }

  #name(): TemplateResult | typeof nothing {
    return this.name === undefined ? nothing : html`<span class="name">${this.name}</span>: `;
  }

  #toggle(event: Event): void {
    this.open = (event.currentTarget as HTMLDetailsElement).open;
  }

  #more(): void {
    this.shown += PAGE;
  }
}

function leaf(value: null | boolean | number | string): TemplateResult {
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, MAX_TEXT) : value);
  const cut = typeof value === 'string' && value.length > MAX_TEXT ? '…' : '';
  return html`<span class=${value === null ? 'null' : typeof value}>${text}${cut}</span>`;
}

/** For example `{3}` or `[1,000]`. */
function hint(value: Json[] | { [name: string]: Json }): string {
  const size = sizeOf(value).toLocaleString();
  return Array.isArray(value) ? `[${size}]` : `{${size}}`;
}

function sizeOf(value: Json[] | { [name: string]: Json }): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

customElements.define('holdfast-json', JsonTree);
