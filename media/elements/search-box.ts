import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from 'lit';
import type { PageWords } from '../words.ts';
import styles from './search-box.css';

export interface SearchDetail {
  readonly query: string;
}

/** A field to search in. Fires `search` with the text, `step` with 1 or -1 for the next or the previous match. */
export class SearchBox extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = {
    words: { attribute: false },
    query: { attribute: false },
    position: { attribute: false },
    count: { attribute: false },
  };

  declare words: PageWords;
  declare query: string;
  /** Which of the matches is the current one, from 0. */
  declare position: number;
  declare count: number;

  override focus(): void {
    this.renderRoot.querySelector('input')?.select();
  }

  override render(): TemplateResult {
    const { words, query, position, count } = this;
    const place = words.matchOf.replace('{0}', String(count === 0 ? 0 : position + 1)).replace('{1}', String(count));
    return html`
      <input
        type="text"
        spellcheck="false"
        placeholder=${words.search}
        aria-label=${words.search}
        .value=${query}
        @input=${(event: Event) => this.#search((event.currentTarget as HTMLInputElement).value)}
        @keydown=${this.#keyDown}
      >
      ${
        query === ''
          ? nothing
          : html`<span role="status">${place}</span>
            ${this.#button('arrow-up', words.previousMatch, () => this.#step(-1))}
            ${this.#button('arrow-down', words.nextMatch, () => this.#step(1))}
            ${this.#button('close', words.closeSearch, () => this.#search(''))}`
      }
    `;
  }

  #button(icon: string, label: string, click: () => void): TemplateResult {
    return html`<vscode-toolbar-button icon=${icon} label=${label} title=${label} @click=${click}></vscode-toolbar-button>`;
  }

  #keyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.#step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && this.query !== '') this.#search('');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #search(query: string): void {
    this.dispatchEvent(new CustomEvent<SearchDetail>('search', { detail: { query } }));
  }

  #step(by: number): void {
    this.dispatchEvent(new CustomEvent<number>('step', { detail: by }));
  }
}

customElements.define('holdfast-search', SearchBox);
