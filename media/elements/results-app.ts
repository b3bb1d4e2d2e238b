import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-tab-header/index.js';
import '@vscode-elements/elements/dist/vscode-tab-panel/index.js';
import '@vscode-elements/elements/dist/vscode-tabs/index.js';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { onMessage, post, savedState, saveState } from '../bridge.ts';
import type { PageWords, ToPage } from '../protocol.ts';
import { EMPTY_MODEL, type ResultsModel, update } from '../results-model.ts';
import './execution-item.ts';
import './namespace-table.ts';
import styles from './results-app.css';

/** Nearer to the end than this, the list follows what is new. */
const FOLLOW_PIXELS = 40;

/** The results panel: what ran, and what the sessions hold. */
export class ResultsApp extends LitElement {
  static override styles = unsafeCSS(styles);
  static override properties = { model: { state: true }, revealed: { state: true } };

  declare model: ResultsModel;
  declare revealed: string | undefined;
  readonly #tab = savedState().tab;
  #following = true;

  constructor() {
    super();
    this.model = EMPTY_MODEL;
    onMessage((message) => this.#receive(message));
    post({ type: 'ready' });
  }

  override render(): TemplateResult {
    const { words, items, namespaces } = this.model;
    if (!words) return html``;
    return html`
      <vscode-tabs panel selected-index=${this.#tab} @vsc-tabs-select=${this.#selectTab}>
        <vscode-tab-header slot="header">${words.results}</vscode-tab-header>
        <vscode-tab-panel panel>
          <div class="scroll" @scroll=${this.#scrolled}>${this.#list(words)}</div>
        </vscode-tab-panel>
        <vscode-tab-header slot="header">${words.namespace}</vscode-tab-header>
        <vscode-tab-panel panel>
          <div class="scroll"><holdfast-namespace .namespaces=${namespaces} .words=${words}></holdfast-namespace></div>
        </vscode-tab-panel>
        ${items.length === 0 ? nothing : html`<vscode-button slot="addons" secondary @click=${() => post({ type: 'clear' })}>${words.clear}</vscode-button>`}
      </vscode-tabs>
    `;
  }

  override updated(changed: PropertyValues): void {
    const scroll = this.renderRoot.querySelector('.scroll');
    if (!scroll || !changed.has('model')) return;
    // The items draw themselves in a later microtask; their height is known in the next frame.
    requestAnimationFrame(() => {
      if (this.#following) scroll.scrollTop = scroll.scrollHeight;
    });
  }

  #list(words: PageWords): TemplateResult {
    const { items, outputs } = this.model;
    if (items.length === 0) return html`<p class="empty">${words.noResults}</p>`;
    return html`<div role="list" aria-label=${words.results} aria-live="polite" aria-relevant="additions">
      ${repeat(
        items,
        ({ id }) => id,
        (item) => html`<holdfast-execution
          role="listitem"
          data-id=${item.id}
          class=${item.id === this.revealed ? 'revealed' : ''}
          .item=${item}
          .output=${outputs.get(item.id)}
          .words=${words}
        ></holdfast-execution>`,
      )}
    </div>`;
  }

  #receive(message: ToPage): void {
    this.model = update(this.model, message);
    if (message.type === 'reveal') void this.#reveal(message.id);
  }

  async #reveal(id: string): Promise<void> {
    this.revealed = id;
    this.#following = false;
    await this.updateComplete;
    this.renderRoot.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'nearest' });
  }

  #scrolled(event: Event): void {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget as HTMLElement;
    this.#following = scrollHeight - scrollTop - clientHeight < FOLLOW_PIXELS;
  }

  #selectTab(event: CustomEvent<{ selectedIndex: number }>): void {
    saveState({ tab: event.detail.selectedIndex });
  }
}

customElements.define('holdfast-results', ResultsApp);
